// Package dnsmsg packs and unpacks the part of DNS messages that a stub resolver needs.
package dnsmsg

import (
	"encoding/binary"
	"errors"
	"strings"
)

// Errors of malformed messages.
var (
	ErrShort = errors.New("dnsmsg: message too short")
	ErrName  = errors.New("dnsmsg: bad name")
	ErrLoop  = errors.New("dnsmsg: compression loop")
)

// Question asks for the records of a name.
type Question struct {
	Name  string
	Type  uint16
	Class uint16
}

// Resource is a record of the answer.
type Resource struct {
	Name  string
	Type  uint16
	Class uint16
	TTL   uint32
	Data  []byte
}

// Message is a query or a response.
type Message struct {
	ID        uint16
	Flags     uint16
	Questions []Question
	Answers   []Resource
}

// Pack appends the wire form of m to dst.
func (m *Message) Pack(dst []byte) ([]byte, error) {
	start := len(dst)
	dst = binary.BigEndian.AppendUint16(dst, m.ID)
	dst = binary.BigEndian.AppendUint16(dst, m.Flags)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(m.Questions)))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(m.Answers)))
	dst = binary.BigEndian.AppendUint32(dst, 0)
	var err error
	for _, q := range m.Questions {
		if dst, err = packName(dst, q.Name); err != nil {
			return dst[:start], err
		}
		dst = binary.BigEndian.AppendUint16(dst, q.Type)
		dst = binary.BigEndian.AppendUint16(dst, q.Class)
	}
	for i := range m.Answers {
		a := &m.Answers[i]
		if dst, err = packName(dst, a.Name); err != nil {
			return dst[:start], err
		}
		dst = binary.BigEndian.AppendUint16(dst, a.Type)
		dst = binary.BigEndian.AppendUint16(dst, a.Class)
		dst = binary.BigEndian.AppendUint32(dst, a.TTL)
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(a.Data)))
		dst = append(dst, a.Data...)
	}
	return dst, nil
}

func packName(dst []byte, name string) ([]byte, error) {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".") // want ML11
	for _, l := range labels {
		if l == "" || len(l) > 63 {
			return dst, ErrName
		}
		dst = append(dst, byte(len(l)))
		dst = append(dst, l...)
	}
	return append(dst, 0), nil
}

// Unpack reads a message.
func Unpack(msg []byte) (*Message, error) {
	if len(msg) < 12 {
		return nil, ErrShort
	}
	m := &Message{
		ID:    binary.BigEndian.Uint16(msg),
		Flags: binary.BigEndian.Uint16(msg[2:]),
	}
	questions := int(binary.BigEndian.Uint16(msg[4:]))
	answers := int(binary.BigEndian.Uint16(msg[6:]))
	off := 12
	for range questions {
		name, next, err := unpackName(msg, off)
		if err != nil {
			return nil, err
		}
		if next+4 > len(msg) {
			return nil, ErrShort
		}
		m.Questions = append(m.Questions, Question{ // ok ML01
			Name:  name,
			Type:  binary.BigEndian.Uint16(msg[next:]),
			Class: binary.BigEndian.Uint16(msg[next+2:]),
		})
		off = next + 4
	}
	for range answers {
		r, next, err := unpackResource(msg, off)
		if err != nil {
			return nil, err
		}
		m.Answers = append(m.Answers, r) // want ML01
		off = next
	}
	return m, nil
}

func unpackResource(msg []byte, off int) (Resource, int, error) {
	name, off, err := unpackName(msg, off)
	if err != nil {
		return Resource{}, 0, err
	}
	if off+10 > len(msg) {
		return Resource{}, 0, ErrShort
	}
	r := Resource{
		Name:  name,
		Type:  binary.BigEndian.Uint16(msg[off:]),
		Class: binary.BigEndian.Uint16(msg[off+2:]),
		TTL:   binary.BigEndian.Uint32(msg[off+4:]),
	}
	n := int(binary.BigEndian.Uint16(msg[off+8:]))
	off += 10
	if off+n > len(msg) {
		return Resource{}, 0, ErrShort
	}
	// The caller reuses msg.
	r.Data = append([]byte(nil), msg[off:off+n]...)
	return r, off + n, nil
}

func unpackName(msg []byte, off int) (string, int, error) {
	var name [255]byte
	n, end := 0, -1
	for jumps := 0; ; {
		if off >= len(msg) {
			return "", 0, ErrShort
		}
		c := int(msg[off])
		off++
		switch {
		case c == 0:
			if end < 0 {
				end = off
			}
			return string(name[:n]), end, nil
		case c&0xC0 == 0xC0:
			if off >= len(msg) {
				return "", 0, ErrShort
			}
			if end < 0 {
				end = off + 1
			}
			off = c&0x3F<<8 | int(msg[off])
			if jumps++; jumps > 10 {
				return "", 0, ErrLoop
			}
		case c > 63 || n+c+1 > len(name):
			return "", 0, ErrName
		default:
			if off+c > len(msg) {
				return "", 0, ErrShort
			}
			n += copy(name[n:], msg[off:off+c])
			name[n] = '.'
			n++
			off += c
		}
	}
}
