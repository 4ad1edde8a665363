// Package mailbox indexes mbox archives and serves messages from them.
package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"time"
)

// Entry is what the index knows of a message.
type Entry struct {
	ID      string
	From    string
	Subject string
	Date    time.Time
	Offset  int64
	Size    int
}

// Box is an opened archive.
type Box struct {
	src     io.ReaderAt
	entries []Entry
	byID    map[string]int
}

// ErrFormat is returned for a file that is no mbox archive.
var ErrFormat = errors.New("mailbox: no mbox archive")

var separator = []byte("\n\nFrom ")

// Open reads all messages of src once and indexes their heads.
func Open(src io.ReaderAt, size int64) (*Box, error) {
	box := &Box{src: src, byID: make(map[string]int)}
	rd := bufio.NewReaderSize(io.NewSectionReader(src, 0, size), 64<<10)
	if p, err := rd.Peek(5); err != nil || string(p) != "From " {
		return nil, ErrFormat
	}
	var (
		msg    []byte
		offset int64
	)
	flush := func() error {
		if len(msg) == 0 {
			return nil
		}
		e, err := parse(string(msg)) // want ML02 ok ML11
		if err != nil {
			return fmt.Errorf("mailbox: message at %d: %w", offset, err)
		}
		e.Offset, e.Size = offset, len(msg)
		box.byID[e.ID] = len(box.entries) // ok ML09
		box.entries = append(box.entries, e)
		offset += int64(len(msg))
		msg = msg[:0]
		return nil
	}
	for {
		line, err := rd.ReadSlice('\n')
		if len(msg) > 0 && bytes.HasPrefix(line, separator[2:]) && bytes.HasSuffix(msg, separator[:2]) {
			if err := flush(); err != nil {
				return nil, err
			}
		}
		msg = append(msg, line...)
		if errors.Is(err, io.EOF) {
			return box, flush()
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

var errHead = errors.New("broken header")

func parse(msg string) (Entry, error) {
	var e Entry
	_, rest, _ := strings.Cut(msg, "\n")
	for {
		line, tail, ok := strings.Cut(rest, "\n")
		if !ok {
			return e, errHead
		}
		if rest = tail; line == "" {
			return e, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return e, errHead
		}
		value = strings.TrimSpace(value)
		switch {
		case strings.EqualFold(name, "Message-ID"):
			e.ID = strings.Trim(value, "<>")
		case strings.EqualFold(name, "From"):
			e.From = value
		case strings.EqualFold(name, "Subject"):
			e.Subject = value
		case strings.EqualFold(name, "Date"):
			var err error
			if e.Date, err = time.Parse(time.RFC1123Z, value); err != nil { // ok ML11
				return e, err
			}
		}
	}
}

// ErrNoMessage is returned for an unknown message id.
var ErrNoMessage = errors.New("mailbox: no such message")

// Body writes the decoded text of a message to w.
func (b *Box) Body(w io.Writer, id string) error {
	i, ok := b.byID[id]
	if !ok {
		return ErrNoMessage
	}
	e := &b.entries[i]
	rd := bufio.NewReaderSize(io.NewSectionReader(b.src, e.Offset, int64(e.Size)), 32<<10) // want ML03
	encoded := false
	for {
		line, err := rd.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte{':'}); ok && bytes.EqualFold(name, cte) {
			encoded = bytes.EqualFold(bytes.TrimSpace(value), qp)
		}
	}
	if encoded {
		_, err := io.Copy(w, quotedprintable.NewReader(rd)) // ok ML03
		return err
	}
	_, err := rd.WriteTo(w)
	return err
}

var (
	cte = []byte("Content-Transfer-Encoding")
	qp  = []byte("quoted-printable")
)

// Thread is the messages of one subject, oldest first.
type Thread struct {
	Subject string
	Entries []*Entry
}

// Threads groups the messages by subject, the thread that changed last in front.
func (b *Box) Threads() []*Thread {
	groups := make(map[string]*Thread)
	for i := range b.entries {
		e := &b.entries[i]
		key := e.Subject
		for len(key) > 4 && strings.EqualFold(key[:4], "Re: ") {
			key = key[4:]
		}
		t, ok := groups[key]
		if !ok {
			t = &Thread{Subject: key}
			groups[key] = t // ok ML09
		}
		t.Entries = append(t.Entries, e) // ok ML01
	}
	out := make([]*Thread, 0, len(groups))
	for _, t := range groups {
		slices.SortFunc(t.Entries, func(a, b *Entry) int { return a.Date.Compare(b.Date) })
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Thread) int {
		return b.Entries[len(b.Entries)-1].Date.Compare(a.Entries[len(a.Entries)-1].Date)
	})
	return out
}

// Len is the number of messages.
func (b *Box) Len() int { return len(b.entries) }
