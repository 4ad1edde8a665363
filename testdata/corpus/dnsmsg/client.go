package dnsmsg

import (
	"fmt"
	"io"
)

// Client asks one server after the other questions, over a datagram connection.
type Client struct {
	conn  io.ReadWriter
	id    uint16
	cache map[Question][]Resource
}

// NewClient uses conn, each Read of which gives one datagram.
func NewClient(conn io.ReadWriter) *Client {
	return &Client{conn: conn, cache: make(map[Question][]Resource)}
}

const maxUDP = 4096

// Lookup returns the records of type typ of name.
func (c *Client) Lookup(name string, typ uint16) ([]Resource, error) {
	q := Question{Name: name, Type: typ, Class: 1}
	if rs, ok := c.cache[q]; ok {
		return rs, nil
	}
	rs, err := c.ask(q)
	if err != nil {
		return nil, fmt.Errorf("dnsmsg: %s: %w", name, err)
	}
	if len(rs) > 0 && rs[0].TTL > 0 {
		c.cache[q] = rs
	}
	return rs, nil
}

func (c *Client) ask(q Question) ([]Resource, error) {
	c.id++
	query := Message{ID: c.id, Flags: 0x0100, Questions: []Question{q}}
	packet, err := query.Pack(make([]byte, 0, 512)) // want ML07
	if err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(packet); err != nil {
		return nil, err
	}
	reply := make([]byte, maxUDP) // want ML07 ok ML03
	for {
		n, err := c.conn.Read(reply)
		if err != nil {
			return nil, err
		}
		m, err := Unpack(reply[:n])
		if err != nil {
			return nil, err
		}
		if m.ID == c.id {
			return m.Answers, nil
		}
		// A late answer to an earlier question.
	}
}

// Warm looks up all names and reports those that fail.
func (c *Client) Warm(names []string, typ uint16) error {
	var failed int
	var last error
	for _, n := range names {
		if _, err := c.Lookup(n, typ); err != nil {
			failed++
			last = err
		}
	}
	if last != nil {
		return fmt.Errorf("%d of %d names failed, the last with %w", failed, len(names), last)
	}
	return nil
}
