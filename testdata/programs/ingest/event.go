// Package ingest reads log lines, turns them into events and ships them in batches.
package ingest

import "time"

// Event is one parsed log line.
type Event struct {
	Time    time.Time         `json:"time"`
	Level   string            `json:"level"`
	Service string            `json:"service"`
	Route   string            `json:"route"`
	Latency time.Duration     `json:"latency"`
	Attrs   map[string]string `json:"attrs,omitempty"`
	Tags    []string          `json:"tags,omitempty"`

	fingerprint string
	raw         string
}

// Field is a key and value as they stand in the line.
type Field struct {
	Key, Value string
}
