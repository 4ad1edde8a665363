// Command served works in the background and serves its own profiles on a free local port.
//
// Its working set rises and falls, so that the difference of two heap profiles holds negative values.
// It prints its address and ends by itself after the time of -for.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"strconv"
	"strings"
	"time"

	"example.com/telemetry/csvload"
	"example.com/telemetry/lru"
)

func main() {
	lifetime := flag.Duration("for", time.Minute, "end after this time")
	flag.Parse()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() { log.Fatal(http.Serve(listener, nil)) }()

	jobs := make(chan int)
	for range 3 {
		go work(jobs)
	}
	go breathe()
	end := time.After(*lifetime)
	for i := 0; ; i++ {
		select {
		case jobs <- i:
			time.Sleep(2 * time.Millisecond)
		case <-end:
			return
		}
	}
}

// work loads tables and keeps the last few of them.
func work(jobs <-chan int) {
	recent := lru.New[int, *csvload.Table](20)
	for job := range jobs {
		table, err := csvload.Load(strings.NewReader(report(job)))
		if err != nil {
			log.Fatal(err)
		}
		recent.Put(job, table)
	}
}

func report(job int) string {
	text := "city,sensor,celsius\n"
	for i, name := range names(60) {
		text += fmt.Sprintf("city-%d,%s,%.1f\n", job%9, name, float64(i)/3)
	}
	return text
}

// names has the name of a function of the command deterministic, on purpose.
func names(n int) []string {
	var list []string
	for i := range n {
		list = append(list, "sensor-"+strconv.Itoa(i))
	}
	return list
}

// breathe fills buffers for a second, holds them for a moment and lets them go.
func breathe() {
	for {
		var held [][]byte
		for range 90 {
			held = append(held, make([]byte, 256<<10))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(300 * time.Millisecond)
		clear(held)
		time.Sleep(700 * time.Millisecond)
	}
}
