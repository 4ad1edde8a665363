// Package assets packs the static files of a site and serves them from memory.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Asset is a file ready to be sent.
type Asset struct {
	Name   string
	Type   string
	ETag   string
	Plain  []byte
	Packed []byte
	header http.Header
}

// Bundle is all files of a site.
type Bundle struct {
	mu     sync.RWMutex
	assets map[string]*Asset
}

// New returns a bundle for about n files.
func New(n int) *Bundle { return &Bundle{assets: make(map[string]*Asset, n)} }

type packer struct {
	buf bytes.Buffer
	zw  *gzip.Writer
}

var packers = sync.Pool{
	New: func() any {
		p := new(packer)
		p.zw, _ = gzip.NewWriterLevel(&p.buf, gzip.BestSpeed)
		return p
	},
}

// pack returns data compressed, or nil where that is not smaller.
func pack(data []byte) ([]byte, error) {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	p.buf.Reset()
	p.zw.Reset(&p.buf)
	if _, err := p.zw.Write(data); err != nil {
		return nil, err
	}
	if err := p.zw.Close(); err != nil {
		return nil, err
	}
	if p.buf.Len() >= len(data) {
		return nil, nil
	}
	return bytes.Clone(p.buf.Bytes()), nil
}

var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// Add takes over data as the content of a file.
func (b *Bundle) Add(name string, data []byte) (*Asset, error) {
	packed, err := pack(data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	a := &Asset{
		Name:   name,
		Type:   types[path.Ext(name)],
		ETag:   `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
		Plain:  data,
		Packed: packed,
	}
	a.header = http.Header{
		"Content-Type":  {a.Type},
		"Etag":          {a.ETag},
		"Cache-Control": {"max-age=86400"},
	}
	b.mu.Lock()
	b.assets[name] = a
	b.mu.Unlock()
	return a, nil
}

// Load adds all files of a file system.
func (b *Bundle) Load(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		_, err = b.Add("/"+name, data)
		return err
	})
}

func (b *Bundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.RLock()
	a, ok := b.assets[r.URL.Path]
	b.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	maps.Copy(h, a.header)
	if r.Header.Get("If-None-Match") == a.ETag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.Plain
	if a.Packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h["Content-Encoding"] = gzipped
		body = a.Packed
	}
	w.Write(body)
}

var gzipped = []string{"gzip"}

// ErrUnknown is returned for a file that the bundle does not have.
var ErrUnknown = errors.New("assets: unknown file")

// Tags returns the elements that load the named scripts, for the head of a page.
func (b *Bundle) Tags(names ...string) (string, error) {
	const open, mid, end = `<script src="`, `" integrity=`, "></script>\n"
	b.mu.RLock()
	defer b.mu.RUnlock()
	size := 0
	for _, n := range names {
		a, ok := b.assets[n]
		if !ok {
			return "", ErrUnknown
		}
		size += len(open) + len(n) + len(mid) + len(a.ETag) + len(end)
	}
	var sb strings.Builder
	sb.Grow(size)
	for _, n := range names {
		sb.WriteString(open)
		sb.WriteString(n)
		sb.WriteString(mid)
		sb.WriteString(b.assets[n].ETag)
		sb.WriteString(end)
	}
	return sb.String(), nil
}

// WriteManifest lists name, size and tag of all files.
func (b *Bundle) WriteManifest(w io.Writer) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	names := make([]string, 0, len(b.assets))
	for n := range b.assets {
		names = append(names, n)
	}
	slices.Sort(names)
	line := make([]byte, 0, 256)
	for _, n := range names {
		a := b.assets[n]
		line = append(line[:0], n...)
		line = append(line, ' ')
		line = strconv.AppendInt(line, int64(len(a.Plain)), 10)
		line = append(line, ' ')
		line = append(line, a.ETag...)
		line = append(line, '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
