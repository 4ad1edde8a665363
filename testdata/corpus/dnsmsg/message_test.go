package dnsmsg

import (
	"fmt"
	"reflect"
	"testing"
)

var answers []Resource

// server answers each query with ten addresses.
type server struct {
	t     testing.TB
	reply []byte
	ttl   uint32
}

func (s *server) Write(p []byte) (int, error) {
	id := uint16(p[0])<<8 | uint16(p[1])
	s.reply[0], s.reply[1] = byte(id>>8), byte(id)
	return len(p), nil
}

func (s *server) Read(p []byte) (int, error) { return copy(p, s.reply), nil }

func newServer(t testing.TB, ttl uint32) *server {
	m := Message{Flags: 0x8180, Questions: []Question{{"www.example.org", 1, 1}}}
	for i := range 10 {
		m.Answers = append(m.Answers, Resource{"www.example.org", 1, 1, ttl, []byte{192, 0, 2, byte(i)}})
	}
	reply, err := m.Pack(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &server{t, reply, ttl}
}

func TestRoundTrip(t *testing.T) {
	m := &Message{ID: 7, Questions: []Question{{"a.bc.example.", 28, 1}},
		Answers: []Resource{{"a.bc.example.", 16, 1, 60, []byte("\x04text")}}}
	p, err := m.Pack(nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unpack(p)
	if err != nil || !reflect.DeepEqual(m, back) {
		t.Errorf("%+v, %v", back, err)
	}
	if _, err := Unpack(p[:20]); err == nil {
		t.Error("no error")
	}
}

func BenchmarkLookup(b *testing.B) {
	c := NewClient(newServer(b, 0))
	for b.Loop() {
		var err error
		if answers, err = c.Lookup("www.example.org", 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	m := Message{Flags: 0x8180}
	for i := range 20 {
		m.Answers = append(m.Answers, Resource{fmt.Sprintf("host%d.dc%d.example.org", i, i%3), 1, 1, 300, make([]byte, 4)})
	}
	buf := make([]byte, 0, maxUDP)
	for b.Loop() {
		if _, err := m.Pack(buf); err != nil {
			b.Fatal(err)
		}
	}
}
