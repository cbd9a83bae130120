// Package client calls a server.
//
// Bad: the option gets the configuration by value, and so does the method that sets a header.
package client

import "net/http"

// Config is the configuration.
type Config struct {
	URL     string
	Headers map[string]string
	Labels  map[string]string
}

// Option changes a configuration.
type Option func(Config)

// WithHeaders sets the headers.
func WithHeaders(headers map[string]string) Option {
	return func(c Config) {
		c.Headers = headers // want GM604
	}
}

// Label sets a label.
func (c Config) Label(key, value string) {
	if c.Labels == nil {
		c.Labels = map[string]string{key: value} // want GM604
		return
	}
	c.Labels[key] = value
}

// Request makes a request.
func Request(url string, options ...Option) (*http.Request, error) {
	c := Config{URL: url}
	for _, option := range options {
		option(c)
	}
	c.Label("via", "client")
	req, err := http.NewRequest(http.MethodGet, c.URL, nil)
	if err != nil {
		return nil, err
	}
	for name, value := range c.Headers {
		req.Header.Set(name, value)
	}
	return req, nil
}
