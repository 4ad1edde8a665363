// Package pushhub sends compressed updates of topics to their subscribers.
package pushhub

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

// Update is a change that subscribers are told of.
type Update struct {
	Topic string
	Seq   uint64
	Body  []byte
}

// Conn is where frames of a subscriber go.
type Conn interface {
	io.Writer
	Deflates() bool
}

type subscriber struct {
	conn   Conn
	frames int
	failed error
}

// Hub knows who subscribes to what.
type Hub struct {
	mu     sync.Mutex
	topics map[string][]*subscriber
	seq    uint64
}

// NewHub returns a hub for the topics given.
func NewHub(topics ...string) *Hub {
	h := &Hub{topics: make(map[string][]*subscriber, len(topics))}
	for _, t := range topics {
		h.topics[t] = nil
	}
	return h
}

var errTopic = errors.New("pushhub: no such topic")

// Subscribe sends updates of topic to c from now on.
func (h *Hub) Subscribe(topic string, c Conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	subs, ok := h.topics[topic]
	if !ok {
		return errTopic
	}
	h.topics[topic] = append(subs, &subscriber{conn: c})
	return nil
}

// Publish sends body to all subscribers of topic, and drops those that fail.
func (h *Hub) Publish(topic string, body []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	subs, ok := h.topics[topic]
	if !ok {
		return 0, errTopic
	}
	h.seq++
	u := Update{Topic: topic, Seq: h.seq, Body: body}
	plain := frames.Get().([]byte)[:0]
	plain = appendFrame(plain, &u, false)
	var packed []byte
	alive := subs[:0]
	for _, s := range subs {
		out := plain
		if s.conn.Deflates() {
			if packed == nil {
				var err error
				if packed, err = deflated(&u); err != nil {
					return 0, err
				}
			}
			out = packed
		}
		if _, s.failed = s.conn.Write(out); s.failed == nil {
			s.frames++
			alive = append(alive, s)
		}
	}
	clear(subs[len(alive):])
	h.topics[topic] = alive
	frames.Put(plain) // want ML03 ok ML05
	return len(alive), nil
}

var frames = sync.Pool{
	New: func() any { return make([]byte, 0, 16<<10) },
}

const (
	flagDeflate = 1 << iota
	flagFinal
)

func appendFrame(dst []byte, u *Update, deflate bool) []byte {
	flags := byte(flagFinal)
	if deflate {
		flags |= flagDeflate
	}
	dst = append(dst, flags, byte(len(u.Topic)))
	dst = append(dst, u.Topic...)
	dst = binary.BigEndian.AppendUint64(dst, u.Seq)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(u.Body)))
	return append(dst, u.Body...)
}

func deflated(u *Update) ([]byte, error) {
	var buf bytes.Buffer
	zw, err := flate.NewWriter(&buf, flate.BestSpeed) // want ML03
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(u.Body); err != nil { // ok ML03 ML04
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	small := Update{Topic: u.Topic, Seq: u.Seq, Body: buf.Bytes()}
	return appendFrame(nil, &small, true), nil // ok ML07
}

// Stats counts subscribers and frames of a topic.
func (h *Hub) Stats(topic string) (subs, sent int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.topics[topic] {
		subs++
		sent += s.frames
	}
	return subs, sent
}

// Receive reads the next frame from r.
func Receive(r *bytes.Reader) (Update, error) {
	var u Update
	flags, err := r.ReadByte()
	if err != nil {
		return u, err
	}
	n, err := r.ReadByte()
	if err != nil {
		return u, err
	}
	head := make([]byte, int(n)+12) // ok ML07
	if _, err := io.ReadFull(r, head); err != nil {
		return u, err
	}
	u.Topic = string(head[:n])
	u.Seq = binary.BigEndian.Uint64(head[n:])
	u.Body = make([]byte, binary.BigEndian.Uint32(head[n+8:])) // ok ML03 ML07
	if _, err := io.ReadFull(r, u.Body); err != nil {
		return u, err
	}
	if flags&flagDeflate != 0 {
		u.Body, err = inflate(u.Body)
	}
	return u, err
}

func inflate(p []byte) ([]byte, error) {
	zr, ok := inflaters.Get().(io.ReadCloser)
	if !ok {
		zr = flate.NewReader(bytes.NewReader(p))
	} else if err := zr.(flate.Resetter).Reset(bytes.NewReader(p), nil); err != nil {
		return nil, err
	}
	defer inflaters.Put(zr)
	return io.ReadAll(zr) // ok ML03 ML07
}

var inflaters sync.Pool
