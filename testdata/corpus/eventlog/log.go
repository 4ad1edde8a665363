package eventlog

import (
	"io"
	"slices"
	"sync"
)

// Partition is a log of its own, with its last segments in memory.
type Partition struct {
	appender *Appender
	segments []*Segment
}

// Log is all partitions of a topic.
type Log struct {
	mu         sync.RWMutex
	partitions []Partition
	groups     map[string][]uint64
}

// Open returns a log whose partitions write to files.
func Open(files []io.Writer) *Log {
	l := &Log{partitions: make([]Partition, len(files)), groups: make(map[string][]uint64)}
	for i, f := range files {
		l.partitions[i].appender = NewAppender(f, 0, nil)
	}
	return l
}

// Attach adds a segment that was read before.
func (l *Log) Attach(partition int, s *Segment) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.partitions[partition]
	p.segments = append(p.segments, s)
	slices.SortFunc(p.segments, func(a, b *Segment) int { return int(int64(a.base - b.base)) })
}

// Publish appends an event to the partition that key belongs to.
func (l *Log) Publish(key uint32, payload []byte) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.partitions[int(key)%len(l.partitions)].appender.Append(payload)
}

// Fetch returns up to n events of a partition that a group has not seen yet.
func (l *Log) Fetch(group string, partition, n int) []Record { // ok ML05
	l.mu.Lock()
	defer l.mu.Unlock()
	marks, ok := l.groups[group] // ok ML05
	if !ok {
		marks = make([]uint64, len(l.partitions))
		l.groups[group] = marks
	}
	out := make([]Record, 0, n) // ok ML05
	for _, s := range l.partitions[partition].segments {
		for r := range s.From(marks[partition]) { // ok ML05
			if len(out) == n {
				return out
			}
			out = append(out, r)
			marks[partition] = r.Offset + 1
		}
	}
	return out
}
