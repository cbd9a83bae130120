// Package client calls a server.
//
// Good: the option has a pointer, or returns the configuration; a default that only serves the
// rest of the method.
package client

import "net/http"

// Config is the configuration.
type Config struct {
	URL     string
	Headers map[string]string
	Labels  map[string]string
}

// Option changes a configuration.
type Option func(*Config)

// WithHeaders sets the headers.
func WithHeaders(headers map[string]string) Option {
	return func(c *Config) {
		c.Headers = headers
	}
}

// WithLabels returns a configuration with other labels.
func (c Config) WithLabels(labels map[string]string) Config {
	c.Labels = labels
	return c
}

// Label returns a label, or its default.
func (c Config) Label(key string) string {
	if c.Labels == nil {
		c.Labels = map[string]string{"via": "client"}
	}
	return c.Labels[key]
}

// Request makes a request.
func Request(url string, options ...Option) (*http.Request, error) {
	c := Config{URL: url}
	for _, option := range options {
		option(&c)
	}
	c = c.WithLabels(nil)
	req, err := http.NewRequest(http.MethodGet, c.URL, nil)
	if err != nil {
		return nil, err
	}
	for name, value := range c.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Via", c.Label("via"))
	return req, nil
}
