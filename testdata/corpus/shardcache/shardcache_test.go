package shardcache

import (
	"context"
	"testing"
	"time"
)

type profile struct {
	Name  string
	Level int
	Seen  [4]int64
}

var (
	copied map[int]profile
	stale  []int
)

func loader(_ context.Context, id int) (profile, error) {
	return profile{Name: "ada", Level: id % 9}, nil
}

func BenchmarkMiss(b *testing.B) {
	c := New(4000, time.Hour, loader)
	ctx := context.Background()
	i := 0
	for b.Loop() {
		if _, err := c.Get(ctx, i%4000); err != nil {
			b.Fatal(err)
		}
		c.Drop(i % 4000)
		i++
	}
}

func BenchmarkHit(b *testing.B) {
	c := New(1000, time.Hour, loader)
	ctx := context.Background()
	i := 0
	for b.Loop() {
		if _, err := c.Get(ctx, i%1000); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkSnapshot(b *testing.B) {
	c := New(1000, time.Hour, loader)
	for i := range 1000 {
		c.Get(context.Background(), i)
	}
	for b.Loop() {
		copied = c.Snapshot()
	}
}

func BenchmarkExpired(b *testing.B) {
	c := New(1000, time.Minute, loader)
	at := time.Unix(1_700_000_000, 0)
	c.clock = func() time.Time { return at }
	for i := range 1000 {
		if i == 900 {
			at = at.Add(2 * time.Minute)
		}
		c.Get(context.Background(), i)
	}
	for b.Loop() {
		stale = c.Expired()
	}
}
