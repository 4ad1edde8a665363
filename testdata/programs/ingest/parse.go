package ingest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var errNoTime = errors.New("line has no time")

// Parse reads one `time key=value key="quoted value" …` line.
func Parse(line string) (*Event, error) {
	stamp, rest, ok := strings.Cut(line, " ")
	if !ok {
		return nil, errNoTime
	}
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return nil, fmt.Errorf("parse %q: %w", line, err)
	}
	event := &Event{Time: at, Attrs: map[string]string{}, raw: line}
	for _, field := range splitFields(rest) {
		if err := event.set(field); err != nil {
			return nil, err
		}
	}
	return event, nil
}

func splitFields(rest string) []Field {
	var fields []Field
	for rest != "" {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		var value string
		value, rest = nextValue(after)
		fields = append(fields, Field{Key: strings.TrimSpace(key), Value: value})
	}
	return fields
}

func nextValue(text string) (value, rest string) {
	if strings.HasPrefix(text, `"`) {
		if quoted, err := strconv.QuotedPrefix(text); err == nil {
			value, _ = strconv.Unquote(quoted)
			return value, text[len(quoted):]
		}
	}
	value, rest, _ = strings.Cut(text, " ")
	return value, rest
}

func (e *Event) set(field Field) error {
	switch field.Key {
	case "level":
		e.Level = strings.ToUpper(field.Value)
	case "service":
		e.Service = field.Value
	case "path":
		e.Route = normalizeRoute(field.Value)
	case "latency":
		latency, err := time.ParseDuration(field.Value)
		if err != nil {
			return fmt.Errorf("latency: %w", err)
		}
		e.Latency = latency
	default:
		e.Attrs[field.Key] = field.Value
	}
	return nil
}

// normalizeRoute drops the query and replaces numbers, so that /cart/42?x=1 and /cart/7 count as one route.
func normalizeRoute(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			parts[i] = ":id"
		}
	}
	return strings.Join(parts, "/")
}
