package rulematch

import (
	"fmt"
	"sort"
	"sync"
	"time"
)

// Alert is a condition that holds since Start.
type Alert struct {
	Labels map[string]string
	Start  time.Time
	Text   string
}

// Route is a node of the routing tree.
type Route struct {
	Receiver string
	Matchers Matchers
	GroupBy  []string
	Continue bool
	Routes   []*Route
}

// Match lists the deepest routes that take the labels.
func (r *Route) Match(labels map[string]string) []*Route {
	if !r.Matchers.Match(labels) {
		return nil
	}
	var all []*Route
	for _, child := range r.Routes {
		found := child.Match(labels)
		all = append(all, found...) // ok ML01 ML07
		if len(found) > 0 && !child.Continue {
			break
		}
	}
	if len(all) == 0 {
		all = append(all, r) // ok ML01 ML07
	}
	return all // ok ML01 ML07
}

// GroupKey names the group of an alert.
func (r *Route) GroupKey(labels map[string]string) string {
	key := r.Receiver
	for _, name := range r.GroupBy {
		key += fmt.Sprintf("/%s=%s", name, labels[name]) // want ML04 ok ML11 ML05
	}
	return key
}

type byStart []Alert

func (a byStart) Len() int           { return len(a) }
func (a byStart) Less(i, j int) bool { return a[i].Start.Before(a[j].Start) }
func (a byStart) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

// Notifier sends a batch away. The batch is its own.
type Notifier interface {
	Notify(receiver, group string, batch []Alert) error
}

type group struct {
	receiver string
	alerts   []Alert
}

// Dispatcher collects alerts by group.
type Dispatcher struct {
	root     *Route
	notifier Notifier

	mu     sync.Mutex
	groups map[string]*group
}

// NewDispatcher returns a dispatcher without alerts.
func NewDispatcher(root *Route, n Notifier) *Dispatcher {
	return &Dispatcher{root: root, notifier: n, groups: make(map[string]*group)}
}

// Dispatch puts an alert into its groups.
func (d *Dispatcher) Dispatch(a Alert) {
	for _, r := range d.root.Match(a.Labels) {
		key := r.GroupKey(a.Labels)
		d.mu.Lock()
		g, ok := d.groups[key]
		if !ok {
			g = &group{receiver: r.Receiver}
			d.groups[key] = g
		}
		g.alerts = append(g.alerts, a)
		d.mu.Unlock()
	}
}

// Flush hands each group that has alerts to the notifier, oldest alert first.
func (d *Dispatcher) Flush() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, g := range d.groups {
		if len(g.alerts) == 0 {
			continue
		}
		sort.Sort(byStart(g.alerts)) // want ML05
		batch := make([]Alert, len(g.alerts))
		copy(batch, g.alerts)
		if err := d.notifier.Notify(g.receiver, key, batch); err != nil {
			return fmt.Errorf("rulematch: %s: %w", key, err)
		}
		g.alerts = g.alerts[:0]
	}
	return nil
}
