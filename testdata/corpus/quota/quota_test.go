package quota

import (
	"fmt"
	"testing"
	"time"
)

var (
	limiter *Limiter
	refused []Refusal
	scarce  []Usage
)

var plan = Plan{Name: "small", Rate: 1, Burst: 10}

func ids(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("client-%05d", i)
	}
	return out
}

func TestAllow(t *testing.T) {
	l := New(100, time.Hour, func(id string) *Plan {
		if id == "" {
			return nil
		}
		return &plan
	})
	now := time.Unix(1e9, 0)
	for i := range 12 {
		if err := l.Allow("a", 1, now); (err == nil) != (i < 10) {
			t.Error(i, err)
		}
	}
	if got := l.Refused(now); len(got) != 2 || got[0].Client != "a" {
		t.Error(got)
	}
	if got := l.Scarce(0.5); len(got) != 1 {
		t.Error(got)
	}
	if err := l.Allow("", 1, now); err != ErrPlan {
		t.Error(err)
	}
	l.Allow("b", 1, now.Add(2*time.Hour))
	if l.Len() > 2 {
		t.Error(l.Len())
	}
}

// Clients come and go: each is seen for a while and then forgotten.
func BenchmarkChurn(b *testing.B) {
	names := ids(4000)
	limiter = New(1000, time.Minute, func(string) *Plan { return &plan })
	now := time.Unix(1e9, 0)
	for i := 0; b.Loop(); i++ {
		now = now.Add(50 * time.Millisecond)
		limiter.Allow(names[i%len(names)], 1, now)
	}
}

func BenchmarkRefused(b *testing.B) {
	l := New(1000, time.Hour, func(string) *Plan { return &plan })
	now := time.Unix(1e9, 0)
	names := ids(500)
	for i := range 5000 {
		l.Allow(names[i*i%len(names)], 4, now)
	}
	for b.Loop() {
		refused = l.Refused(now)
		scarce = l.Scarce(0.3)
	}
}
