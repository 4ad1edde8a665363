// Package intervals books rooms and finds free time.
package intervals

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Span is a time from Start up to End, in minutes.
type Span struct{ Start, End int }

// Len is how long the span is.
func (s Span) Len() int { return s.End - s.Start }

// ErrTaken tells that a room is not free.
var ErrTaken = errors.New("intervals: taken")

// Booking is a span for which a room is taken.
type Booking struct {
	Span
	Who string
}

// Room keeps its bookings in the order of their time.
type Room struct {
	Name string
	book []Booking
}

// Building has rooms.
type Building struct {
	rooms  []*Room
	byName map[string]*Room
}

// NewBuilding returns a building with rooms of the given names.
func NewBuilding(names ...string) *Building {
	b := &Building{rooms: make([]*Room, 0, len(names)), byName: make(map[string]*Room, len(names))}
	for _, n := range names {
		r := &Room{Name: n, book: make([]Booking, 0, 32)}
		b.rooms = append(b.rooms, r)
		b.byName[n] = r
	}
	return b
}

func (r *Room) find(start int) int {
	i, _ := slices.BinarySearchFunc(r.book, start, func(b Booking, at int) int { return cmp.Compare(b.End, at+1) })
	return i
}

// Book takes a room.
func (b *Building) Book(room, who string, s Span) error {
	r, ok := b.byName[room]
	if !ok || s.Len() <= 0 {
		return fmt.Errorf("intervals: no such room or time: %s, %v", room, s)
	}
	i := r.find(s.Start)
	if i < len(r.book) && r.book[i].Start < s.End {
		return fmt.Errorf("%s at %d: %w by %s", room, s.Start, ErrTaken, r.book[i].Who)
	}
	r.book = slices.Insert(r.book, i, Booking{s, who})
	return nil
}

// Cancel frees the room which is taken at a time.
func (b *Building) Cancel(room string, at int) bool {
	r, ok := b.byName[room]
	if !ok {
		return false
	}
	i := r.find(at)
	if i == len(r.book) || r.book[i].Start > at {
		return false
	}
	r.book = slices.Delete(r.book, i, i+1)
	return true
}

// Offer is a time at which a room is free.
type Offer struct {
	Room string
	Span
}

// Free lists when rooms are free within s, for no less than least minutes.
func (b *Building) Free(s Span, least int) []Offer {
	var out []Offer
	for _, r := range b.rooms {
		at := s.Start
		for _, k := range r.book[r.find(s.Start):] {
			if k.Start >= s.End {
				break
			}
			if k.Start-at >= least {
				out = append(out, Offer{r.Name, Span{at, k.Start}}) // ok ML01
			}
			at = max(at, k.End)
		}
		if s.End-at >= least {
			out = append(out, Offer{r.Name, Span{at, s.End}}) // ok ML01
		}
	}
	return out
}

// Merge joins spans which touch or overlap, in place, and returns what is left.
func Merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Busy returns the time in which any of the rooms is taken.
func (b *Building) Busy() []Span {
	n := 0
	for _, r := range b.rooms {
		n += len(r.book)
	}
	spans := make([]Span, 0, n)
	for _, r := range b.rooms {
		for _, k := range r.book {
			spans = append(spans, k.Span)
		}
	}
	return Merge(spans)
}

// Load returns for each room how many minutes it is taken.
func (b *Building) Load() map[string]int {
	out := make(map[string]int, len(b.rooms))
	for _, r := range b.rooms {
		for _, k := range r.book {
			out[r.Name] += k.Len()
		}
	}
	return out
}
