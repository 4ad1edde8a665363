// Command ladders grows slices, buffers, strings and maps from nothing, each at a line of its own and to known lengths,
// and writes a heap profile of it. What the sizes in the profile say of the lengths can be compared with the truth.
package main

import (
	"flag"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
)

// runs is how often each site grows something.
const runs = 2000

// length is the length that run i ends at: mostly 100, now and then anything to 1000, rarely 5000.
func length(i int) int {
	switch {
	case i%10 < 6:
		return 100
	case i%10 < 9:
		return 1 + i*7919%1000
	default:
		return 5000
	}
}

func main() {
	log.SetFlags(0)
	rate := flag.Int("rate", runtime.MemProfileRate, "bytes between two samples (1: every allocation)")
	path := flag.String("o", "mem.out", "file to write")
	flag.Parse()

	// As in the command deterministic: one processor and a collection behind it, so that nothing of the
	// runtime's own counts for these lines.
	runtime.GOMAXPROCS(1)
	runtime.GC()
	runtime.MemProfileRate = *rate
	slices()
	texts()
	maps()
	lookalikes()
	runtime.MemProfileRate = 0

	file, err := os.Create(*path)
	if err != nil {
		log.Fatal(err)
	}
	runtime.GC()
	// The period is written from the rate in force.
	runtime.MemProfileRate = *rate
	if err := pprof.Lookup("allocs").WriteTo(file, 0); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}
