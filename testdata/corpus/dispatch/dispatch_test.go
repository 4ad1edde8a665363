package dispatch

import (
	"io"
	"testing"
	"time"
)

type meter struct {
	sum  float64
	seen map[string]uint64
}

func (m *meter) Take(msg *Message) error {
	if msg.Seq <= m.seen[msg.Device] {
		return ErrSkip
	}
	m.seen[msg.Device] = msg.Seq
	m.sum += msg.Values[0]
	return nil
}

func batch(n int) []Message {
	out := make([]Message, n)
	for i := range out {
		out[i] = Message{
			Seq:    uint64(1000 + i),
			Device: []string{"pump-a", "pump-b", "fan-3"}[i%3],
			Topic:  []string{"water/flow", "water/level", "air/speed"}[i%3],
			At:     time.Unix(1_700_000_000, 0),
			Values: [4]float64{float64(i)},
			Flags:  uint32(4096 + i),
		}
	}
	return out
}

func TestPublish(t *testing.T) {
	h := NewHub(NewLog(io.Discard, LevelDebug))
	m := &meter{seen: map[string]uint64{}}
	cancel := h.Subscribe("water/", m)
	if err := h.Publish(batch(30)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if len(m.seen) != 2 || len(*h.subs.Load()) != 0 {
		t.Fatal(m.seen)
	}
}

func BenchmarkPublish(b *testing.B) {
	h := NewHub(NewLog(io.Discard, LevelInfo))
	h.Subscribe("water/", &meter{seen: map[string]uint64{}})
	h.Subscribe("air/", SinkFunc(func(m *Message) error { return nil }))
	msgs := batch(256)
	for b.Loop() {
		if err := h.Publish(msgs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSubscribe(b *testing.B) {
	h := NewHub(NewLog(io.Discard, LevelInfo))
	for i := range 40 {
		h.Subscribe(string(rune('a'+i)), SinkFunc(func(*Message) error { return nil }))
	}
	m := &meter{seen: map[string]uint64{}}
	for b.Loop() {
		h.Subscribe("water/", m)()
	}
}
