package pushhub

import (
	"bytes"
	"fmt"
	"testing"
)

type conn struct {
	bytes.Buffer
	deflates bool
}

func (c *conn) Deflates() bool { return c.deflates }

func (c *conn) Write(p []byte) (int, error) {
	c.Reset()
	return c.Buffer.Write(p)
}

var body = func() []byte {
	var b bytes.Buffer
	for i := range 60 {
		fmt.Fprintf(&b, `{"id":%d,"price":%d.5,"venue":"north"},`, i*7, 100+i%9)
	}
	return b.Bytes()
}()

func hub(tb testing.TB, topic string, deflates ...bool) (*Hub, []*conn) {
	h := NewHub(topic)
	var conns []*conn
	for _, d := range deflates {
		c := &conn{deflates: d}
		conns = append(conns, c)
		if err := h.Subscribe(topic, c); err != nil {
			tb.Fatal(err)
		}
	}
	return h, conns
}

func TestPublish(t *testing.T) {
	h, conns := hub(t, "prices", false, true)
	if n, err := h.Publish("prices", body); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	for _, c := range conns {
		u, err := Receive(bytes.NewReader(c.Bytes()))
		if err != nil || u.Topic != "prices" || !bytes.Equal(u.Body, body) {
			t.Errorf("%+v, %v", u, err)
		}
	}
}

func BenchmarkPublishPlain(b *testing.B) {
	h, _ := hub(b, "prices", false, false, false, false)
	for b.Loop() {
		h.Publish("prices", body)
	}
}

func BenchmarkPublishDeflate(b *testing.B) {
	h, _ := hub(b, "prices", false, true, true)
	for b.Loop() {
		h.Publish("prices", body)
	}
}

func BenchmarkReceive(b *testing.B) {
	h, conns := hub(b, "prices", true)
	h.Publish("prices", body)
	for b.Loop() {
		if _, err := Receive(bytes.NewReader(conns[0].Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
