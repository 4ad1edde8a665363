package telemetry

import (
	"iter"
	"time"
)

// Trip is a stretch of driving without a long stop.
type Trip struct {
	Vehicle    string
	Start, End time.Time
	Distance   uint64
	Top        float32
}

// project applies f to all elements of s.
func project[T, U any](s []T, f func(*T) U) []U {
	var out []U
	for i := range s {
		out = append(out, f(&s[i])) // want ML01
	}
	return out
}

// Speeds lists the speeds of rs.
func Speeds(rs []Reading) []float32 {
	return project(rs, func(r *Reading) float32 { return r.Speed })
}

// Days groups readings by day, for readings that are in order.
func Days(rs []Reading) iter.Seq2[string, []Reading] {
	return func(yield func(string, []Reading) bool) {
		start := 0
		for i := range rs {
			if day(&rs[i]) == day(&rs[start]) {
				continue
			}
			if !yield(day(&rs[start]), rs[start:i]) {
				return
			}
			start = i
		}
		if start < len(rs) {
			yield(day(&rs[start]), rs[start:])
		}
	}
}

func day(r *Reading) string {
	return r.At.Format(time.DateOnly) // want ML11
}

// Low returns the readings of vehicles that have to be fuelled soon.
func Low(rs []Reading, level float32) []*Reading {
	var low []*Reading
	for _, r := range rs { // want ML08 ok ML05
		if r.Fuel < level {
			low = append(low, &r) // ok ML01
		}
	}
	return low
}

// Trips splits the readings of one vehicle where it stood for longer than pause.
func Trips(rs []Reading, pause time.Duration) []Trip {
	var trips []Trip
	for i := range rs {
		r := &rs[i]
		if i == 0 || r.At.Sub(rs[i-1].At) > pause {
			trips = append(trips, Trip{Vehicle: r.Vehicle, Start: r.At})
		} else {
			trips[len(trips)-1].Distance += r.Odometer - rs[i-1].Odometer
		}
		t := &trips[len(trips)-1]
		t.End = r.At
		t.Top = max(t.Top, r.Speed)
	}
	return trips
}
