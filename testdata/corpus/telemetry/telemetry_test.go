package telemetry

import (
	"context"
	"fmt"
	"testing"
	"time"
)

var (
	latest []Reading
	speeds []float32
	trips  []Trip
	days   int
	low    []*Reading
)

func readings(n, vehicles int) []Reading {
	rs := make([]Reading, n)
	start := time.Date(2024, 6, 1, 4, 0, 0, 0, time.UTC)
	for i := range rs {
		rs[i] = Reading{
			Vehicle: fmt.Sprintf("truck-%02d", i%vehicles), At: start.Add(time.Duration(i) * time.Minute),
			Lat: 50 + float64(i%100)/1000, Lon: 8, Speed: float32(i % 90), Odometer: uint64(i * 900), Fuel: float32(i % 100),
		}
		if i%50 > 40 {
			rs[i].At = rs[i].At.Add(time.Hour)
		}
	}
	return rs
}

func TestPipeline(t *testing.T) {
	rs := readings(1000, 20)
	rs[7].Lat = 200
	n := 0
	p := NewPipeline(4, 64, func(b []Reading) error { n += len(b); return nil })
	if bad, err := p.Run(context.Background(), rs); bad != 1 || err != nil || n != 999 {
		t.Error(bad, err, n)
	}
	if got := Low(rs, 5); len(got) != 50 || got[1] == got[0] {
		t.Error(len(got))
	}
	if got := Latest(rs); len(got) != 20 || got[0].Vehicle != "truck-00" {
		t.Error(len(got))
	}
}

func BenchmarkRun(b *testing.B) {
	rs := readings(500, 20)
	p := NewPipeline(2, 32, func([]Reading) error { return nil })
	for b.Loop() {
		p.Run(context.Background(), rs)
	}
}

func BenchmarkDays(b *testing.B) {
	rs := readings(4000, 1)
	for b.Loop() {
		days = 0
		for range Days(rs) {
			days++
		}
	}
}

func BenchmarkDashboard(b *testing.B) {
	rs := readings(2000, 60)
	for b.Loop() {
		latest = Latest(rs)
		low = Low(latest, 20)
	}
}

func BenchmarkTrips(b *testing.B) {
	rs := readings(4000, 1)
	for b.Loop() {
		trips = Trips(rs, 30*time.Minute)
		speeds = Speeds(rs)
	}
}
