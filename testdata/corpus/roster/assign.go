package roster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Gap is the error for a shift that nobody can take.
type Gap struct{ Shift *Shift }

func (g *Gap) Error() string {
	return fmt.Sprintf("roster: nobody for %s at minute %d", g.Shift.Role, g.Shift.From)
}

// Assign gives each shift to the person who has worked least and is free.
func (p *Plan) Assign() error {
	slices.SortFunc(p.shifts, func(a, b *Shift) int { return cmp.Compare(a.From, b.From) })
	staff := slices.Collect(maps.Values(p.people)) // ok ML01
	for _, w := range staff {
		w.Worked, w.last = 0, nil
	}
	for _, s := range p.shifts {
		slices.SortFunc(staff, func(a, b *Person) int {
			return cmp.Or(cmp.Compare(a.Worked, b.Worked), strings.Compare(a.Name, b.Name))
		})
		at := slices.IndexFunc(staff, func(w *Person) bool { return w.free(s) })
		if at < 0 {
			return &Gap{s}
		}
		w := staff[at]
		s.By, w.last = w, s
		w.Worked += s.Len()
	}
	return nil
}

// Calendar prints the duties of a person in the iCalendar format.
func (p *Plan) Calendar(name string) string {
	const layout = "20060102T150405Z"
	var sb strings.Builder
	sb.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for _, s := range p.shifts {
		if s.By == nil || s.By.Name != name {
			continue
		}
		from := p.Start.Add(time.Duration(s.From) * time.Minute)
		to := p.Start.Add(time.Duration(s.To) * time.Minute)
		sb.WriteString("BEGIN:VEVENT\r\n")            // alt ML04
		property(&sb, "DTSTART", from.Format(layout)) // want ML11
		property(&sb, "DTEND", to.Format(layout))     // want ML11
		property(&sb, "SUMMARY", s.Role)
		sb.WriteString("END:VEVENT\r\n") // alt ML04
	}
	sb.WriteString("END:VCALENDAR\r\n")
	return sb.String()
}

func property(sb *strings.Builder, name, value string) {
	sb.WriteString(name)   // alt ML04
	sb.WriteByte(':')      // alt ML04
	sb.WriteString(value)  // want ML04
	sb.WriteString("\r\n") // alt ML04
}

// Load is how long a person works in a plan.
type Load struct {
	Name  string
	Hours float64
}

// Loads lists the hours of all people, the busiest first.
func (p *Plan) Loads() []Load {
	out := make([]Load, 0, len(p.people))
	for _, w := range p.people {
		out = append(out, Load{w.Name, float64(w.Worked) / 60})
	}
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Hours, a.Hours), strings.Compare(a.Name, b.Name))
	})
	return out
}
