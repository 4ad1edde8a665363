package mqtopic

import (
	"fmt"
	"testing"
)

var (
	delivered int
	broker    *Broker
)

type inbox struct {
	last *Message
	n    int
}

func (i *inbox) Deliver(m *Message) { i.last, i.n = m, i.n+1 }

func filters(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("site/%d/room/%d/%s", i%7, i%41, []string{"temp", "+", "#"}[i%3])
	}
	return out
}

func BenchmarkSubscribe(b *testing.B) {
	fs := filters(300)
	box := &inbox{}
	for b.Loop() {
		broker = NewBroker()
		for _, f := range fs {
			if err := broker.Subscribe(f, box); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	br := NewBroker()
	for _, f := range filters(300) {
		if err := br.Subscribe(f, &inbox{}); err != nil {
			b.Fatal(err)
		}
	}
	payload := []byte(`{"celsius":21.5}`)
	for b.Loop() {
		delivered = br.Publish("site/3/room/17/temp", payload, false)
	}
}

func BenchmarkRetained(b *testing.B) {
	br := NewBroker()
	for i := range 200 {
		br.Publish(fmt.Sprintf("site/%d/room/%d/temp", i%7, i), []byte("21.5"), true)
	}
	box := &inbox{}
	for b.Loop() {
		if err := br.Subscribe("site/3/#", box); err != nil {
			b.Fatal(err)
		}
		br.Unsubscribe("site/3/#", box)
	}
}
