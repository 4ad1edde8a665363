package ingest

import (
	"fmt"
	"sort"
	"strings"
)

// Rule adds a tag to the events it matches.
type Rule struct {
	Tag   string
	Match func(*Event) bool
}

// Slow matches events that took longer than the service's budget in milliseconds.
func Slow(budgets map[string]int64) Rule {
	return Rule{Tag: "slow", Match: func(e *Event) bool {
		return e.Latency.Milliseconds() > budgets[e.Service]
	}}
}

// Enrich tags the event and gives it a fingerprint.
func (p *Pipeline) Enrich(e *Event) {
	for _, rule := range p.rules {
		if rule.Match(e) {
			e.Tags = append(e.Tags, rule.Tag)
		}
	}
	e.Tags = append(e.Tags, fmt.Sprintf("%s:%d", strings.ToLower(e.Level), e.Time.Hour()))
	e.fingerprint = fingerprint(e)
	p.audit("enriched", e.Service, e.Latency.Microseconds(), len(e.Tags))
}

func fingerprint(e *Event) string {
	keys := make([]string, 0, len(e.Attrs))
	for key := range e.Attrs {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	print := e.Service + "|" + e.Route
	for _, key := range keys {
		print += "|" + key + "=" + e.Attrs[key]
	}
	return print
}

// audit keeps the arguments of the last entries for the debug page.
func (p *Pipeline) audit(what string, args ...any) {
	entry := append([]any{what}, args...)
	p.trail[p.trailNext%len(p.trail)] = entry
	p.trailNext++
}
