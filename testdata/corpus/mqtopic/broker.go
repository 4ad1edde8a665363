// Package mqtopic passes messages to the subscribers of their topic.
//
// Topics are parts between slashes. In a filter + stands for one part and # for all that follow.
package mqtopic

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
)

// ErrFilter is returned for filters with a misplaced wildcard.
var ErrFilter = errors.New("mqtopic: bad filter")

// Message is published under a topic.
type Message struct {
	Topic   string
	Payload []byte
	Retain  bool
}

// Subscriber takes messages. It may keep a message, but must not change it.
type Subscriber interface {
	Deliver(m *Message)
}

type subscription struct {
	sub   Subscriber
	count int
}

type level struct {
	parts map[string]*level
	one   *level
	here  []*subscription
	rest  []*subscription
}

// Broker knows who wants what.
type Broker struct {
	mu       sync.RWMutex
	root     level
	retained map[string]*Message
}

// NewBroker returns a broker without subscribers.
func NewBroker() *Broker { return &Broker{retained: make(map[string]*Message)} }

func (l *level) child(part string) *level {
	if part == "+" {
		if l.one == nil {
			l.one = new(level)
		}
		return l.one
	}
	next, ok := l.parts[part]
	if !ok {
		if l.parts == nil {
			l.parts = make(map[string]*level)
		}
		next = new(level)
		l.parts[part] = next
	}
	return next
}

func check(filter string) error {
	if i := strings.IndexByte(filter, '#'); i >= 0 && (i != len(filter)-1 || i > 0 && filter[i-1] != '/') {
		return ErrFilter
	}
	return nil
}

// Subscribe adds a subscriber and gives it the retained messages that match.
func (b *Broker) Subscribe(filter string, s Subscriber) error {
	if err := check(filter); err != nil {
		return err
	}
	b.mu.Lock()
	at := &b.root
	list := &at.here
	for part := range strings.SplitSeq(filter, "/") {
		if part == "#" {
			list = &at.rest
			break
		}
		at = at.child(part)
		list = &at.here
	}
	*list = add(*list, s)
	b.mu.Unlock()

	for _, m := range b.kept(filter) {
		s.Deliver(m)
	}
	return nil
}

func add(list []*subscription, s Subscriber) []*subscription {
	for _, sub := range list {
		if sub.sub == s {
			sub.count++
			return list
		}
	}
	return append(list, &subscription{sub: s, count: 1})
}

// Unsubscribe takes back one Subscribe.
func (b *Broker) Unsubscribe(filter string, s Subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := &b.root
	list := &at.here
	for part := range strings.SplitSeq(filter, "/") {
		if part == "#" {
			list = &at.rest
			break
		}
		at = at.child(part)
		list = &at.here
	}
	*list = slices.DeleteFunc(*list, func(sub *subscription) bool {
		if sub.sub == s {
			sub.count--
		}
		return sub.count == 0
	})
}

func (b *Broker) kept(filter string) []*Message {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []*Message
	for topic, m := range b.retained {
		if Match(filter, topic) {
			out = append(out, m)
		}
	}
	return out
}

// Publish delivers a message and tells how many subscribers got it. The payload stays the caller's.
func (b *Broker) Publish(topic string, payload []byte, retain bool) int {
	m := &Message{Topic: topic, Payload: bytes.Clone(payload), Retain: retain}
	if retain {
		b.mu.Lock()
		if len(payload) == 0 {
			delete(b.retained, topic)
		} else {
			b.retained[topic] = m
		}
		b.mu.Unlock()
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.root.deliver(topic, m)
}

func (l *level) deliver(topic string, m *Message) int {
	n := len(l.rest)
	for _, sub := range l.rest {
		sub.sub.Deliver(m)
	}
	part, rest, more := strings.Cut(topic, "/")
	for _, next := range [...]*level{l.parts[part], l.one} {
		switch {
		case next == nil:
		case more:
			n += next.deliver(rest, m)
		default:
			n += len(next.here) + len(next.rest)
			for _, sub := range next.here {
				sub.sub.Deliver(m)
			}
			for _, sub := range next.rest {
				sub.sub.Deliver(m)
			}
		}
	}
	return n
}

// Match reports whether a topic meets a filter.
func Match(filter, topic string) bool {
	for {
		f, frest, fmore := strings.Cut(filter, "/")
		if f == "#" {
			return true
		}
		t, trest, tmore := strings.Cut(topic, "/")
		if f != "+" && f != t {
			return false
		}
		if !tmore {
			return !fmore || frest == "#"
		}
		if !fmore {
			return false
		}
		filter, topic = frest, trest
	}
}
