// Package pathmux routes requests by method and path.
package pathmux

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
)

// Params are the variable parts of a matched path, in the order of the pattern.
type Params struct {
	keys   []string
	values []string
}

// Get returns the value of a variable.
func (p *Params) Get(key string) string {
	for i, k := range p.keys {
		if k == key {
			return p.values[i]
		}
	}
	return ""
}

type paramsKey struct{}

// From returns the variables of a request. They are valid until its handler returns.
func From(ctx context.Context) *Params {
	p, _ := ctx.Value(paramsKey{}).(*Params)
	return p
}

type route struct {
	pattern string
	keys    []string
	handler http.Handler
}

type node struct {
	static   map[string]*node
	variable *node
	routes   map[string]*route
}

// Mux is a router. All routes must be added before it serves.
type Mux struct {
	root     node
	params   sync.Pool
	NotFound http.Handler
}

// New returns a router without routes.
func New() *Mux {
	m := &Mux{NotFound: http.NotFoundHandler()}
	m.params.New = func() any {
		return &Params{values: make([]string, 0, 8)}
	}
	return m
}

// Handle adds a route. Parts of the pattern in braces are variables.
func (m *Mux) Handle(method, pattern string, h http.Handler) error {
	n := &m.root
	var keys []string
	for part := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if key, ok := strings.CutPrefix(part, "{"); ok {
			if n.variable == nil {
				n.variable = &node{}
			}
			n = n.variable
			keys = append(keys, strings.TrimSuffix(key, "}"))
			continue
		}
		next, ok := n.static[part]
		if !ok {
			if n.static == nil {
				n.static = make(map[string]*node)
			}
			next = &node{}
			n.static[part] = next
		}
		n = next
	}
	if n.routes == nil {
		n.routes = make(map[string]*route)
	}
	if r, ok := n.routes[method]; ok {
		return fmt.Errorf("pathmux: %s %s: taken by %s", method, pattern, r.pattern)
	}
	n.routes[method] = &route{pattern, keys, h}
	return nil
}

func (n *node) find(path string, p *Params) *node {
	if path == "" {
		if n.routes == nil {
			return nil
		}
		return n
	}
	part, rest, _ := strings.Cut(path, "/")
	if next, ok := n.static[part]; ok {
		if found := next.find(rest, p); found != nil {
			return found
		}
	}
	if n.variable == nil {
		return nil
	}
	mark := len(p.values)
	p.values = append(p.values, part)
	if found := n.variable.find(rest, p); found != nil {
		return found
	}
	p.values = p.values[:mark]
	return nil
}

func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if clean := Clean(r.URL.Path); clean != r.URL.Path {
		u := *r.URL
		u.Path = clean
		http.Redirect(w, r, u.String(), http.StatusMovedPermanently)
		return
	}
	p := m.params.Get().(*Params)
	defer func() {
		clear(p.values)
		p.keys, p.values = nil, p.values[:0]
		m.params.Put(p)
	}()
	n := m.root.find(strings.Trim(r.URL.Path, "/"), p)
	if n == nil {
		m.NotFound.ServeHTTP(w, r)
		return
	}
	found, ok := n.routes[r.Method]
	if !ok {
		w.Header().Set("Allow", n.allowed())
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if len(found.keys) > 0 {
		p.keys = found.keys
		r = r.WithContext(context.WithValue(r.Context(), paramsKey{}, p))
	}
	found.handler.ServeHTTP(w, r)
}

func (n *node) allowed() string {
	methods := make([]string, 0, len(n.routes))
	for m := range n.routes {
		methods = append(methods, m)
	}
	sort.Strings(methods)
	return strings.Join(methods, ", ")
}
