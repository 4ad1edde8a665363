// Command deterministic does the same allocations in every run and writes a heap profile of them.
//
// One run at -rate 1 gives the truth; runs at the default rate give samples of it. The check of the
// confidence intervals compares the two. Nothing here depends on time, on maps or on other goroutines.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/pprof"
)

// What stays alive until the profile has been written.
var (
	kept      []any
	keptBytes [][]byte
)

func main() {
	log.SetFlags(0)
	rate := flag.Int("rate", runtime.MemProfileRate, "bytes between two samples (1: every allocation, 0: none)")
	kind := flag.String("kind", "allocs", "profile to write: allocs or heap")
	path := flag.String("o", "mem.out", "file to write")
	flag.Parse()

	runtime.MemProfileRate = *rate
	// With one processor and a collection behind it the runtime starts no threads or workers while the sites
	// run: what it allocates for those would count for the line that happened to be interrupted.
	runtime.GOMAXPROCS(1)
	runtime.GC()
	kept = make([]any, 0, 200_000)
	keptBytes = make([][]byte, 0, 64)
	fixed()
	varied()
	forget()
	buffer, text, numbers = nil, "", nil

	if err := write(*kind, *path); err != nil {
		log.Fatal(err)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(keptBytes)
	runtime.KeepAlive(link)
}

// write makes the profile after a collection, since the runtime shows what the last one saw.
func write(kind, path string) error {
	profile := pprof.Lookup(kind)
	if profile == nil {
		return fmt.Errorf("no profile is called %q", kind)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	runtime.GC()
	if err := profile.WriteTo(file, 0); err != nil {
		return err
	}
	return file.Close()
}
