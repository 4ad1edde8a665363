package mailbox

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

var (
	box     *Box
	threads []*Thread
)

func archive(n int) []byte {
	var b bytes.Buffer
	day := time.Date(2023, 5, 2, 8, 0, 0, 0, time.UTC)
	for i := range n {
		at := day.Add(time.Duration(i) * 37 * time.Minute)
		fmt.Fprintf(&b, "From bob%d@example.org Tue May 2\nMessage-ID: <%d.x@example.org>\nFrom: Bob %d <bob%d@example.org>\n", i%9, i, i%9, i%9)
		fmt.Fprintf(&b, "Subject: %sRelease plan %d\nDate: %s\n", strings.Repeat("Re: ", i%3), i%25, at.Format(time.RFC1123Z))
		b.WriteString("Content-Transfer-Encoding: quoted-printable\n\n")
		for j := range 60 + i%50 {
			fmt.Fprintf(&b, "This is line %d of the message, with a caf=C3=A9 in it.\n", j)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func open(tb testing.TB, data []byte) *Box {
	box, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	return box
}

func TestBody(t *testing.T) {
	b := open(t, archive(30))
	var sb strings.Builder
	if err := b.Body(&sb, "7.x@example.org"); err != nil || !strings.Contains(sb.String(), "line 3 of the message, with a café") {
		t.Error(sb.String(), err)
	}
	if b.Len() != 30 || len(b.Threads()) != 25 {
		t.Error(b.Len(), len(b.Threads()))
	}
}

func BenchmarkOpen(b *testing.B) {
	data := archive(2000)
	for b.Loop() {
		box = open(b, data)
	}
}

func BenchmarkBody(b *testing.B) {
	bx := open(b, archive(50))
	for b.Loop() {
		if err := bx.Body(io.Discard, "31.x@example.org"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkThreads(b *testing.B) {
	bx := open(b, archive(300))
	for b.Loop() {
		threads = bx.Threads()
	}
}
