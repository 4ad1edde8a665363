package rulematch

import (
	"testing"
	"time"
)

var (
	routes []*Route
	key    string
)

type outbox struct{ last map[string][]Alert }

func (o *outbox) Notify(_, group string, batch []Alert) error {
	o.last[group] = batch
	return nil
}

func must(tb testing.TB, name string, op Op, value string) *Matcher {
	m, err := NewMatcher(name, op, value)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func tree(tb testing.TB) *Route {
	return &Route{
		Receiver: "ops",
		Routes: []*Route{
			{Receiver: "db", Matchers: Matchers{must(tb, "team", Equal, "storage"), must(tb, "severity", NotEqual, "info")}, GroupBy: []string{"cluster", "alertname", "shard"}},
			{Receiver: "web", Matchers: Matchers{must(tb, "team", Equal, "web")}, GroupBy: []string{"service", "region", "alertname"}, Continue: true},
			{Receiver: "audit", Matchers: Matchers{must(tb, "severity", Equal, "page")}, GroupBy: []string{"alertname"}},
		},
	}
}

func BenchmarkMatch(b *testing.B) {
	root := tree(b)
	labels := map[string]string{"team": "web", "severity": "page", "service": "cart", "alertname": "Latency"}
	for b.Loop() {
		routes = root.Match(labels)
	}
}

func BenchmarkMatchPattern(b *testing.B) {
	root := tree(b)
	root.Routes[2].Matchers = Matchers{must(b, "service", Regexp, "cart|pay(ments?)?")}
	labels := map[string]string{"team": "web", "severity": "warn", "service": "cart"}
	for b.Loop() {
		routes = root.Match(labels)
	}
}

func BenchmarkGroupKey(b *testing.B) {
	r := tree(b).Routes[1]
	labels := map[string]string{"service": "cart", "region": "eu-north", "alertname": "LatencyHigh"}
	for b.Loop() {
		key = r.GroupKey(labels)
	}
}

func BenchmarkFlush(b *testing.B) {
	d := NewDispatcher(&Route{Receiver: "ops"}, &outbox{last: map[string][]Alert{}})
	at := time.Unix(1_700_000_000, 0)
	labels := map[string]string{"alertname": "DiskFull"}
	for b.Loop() {
		d.Dispatch(Alert{Labels: labels, Start: at.Add(time.Minute), Text: "second"})
		d.Dispatch(Alert{Labels: labels, Start: at, Text: "first"})
		if err := d.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
