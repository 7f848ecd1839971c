// SPDX-License-Identifier: Apache-2.0
// The part of Beast's own code that an HTTP client without an event loop uses, compiled once. All
// of <boost/beast/src.hpp> and <boost/asio/impl/src.hpp> would be ten times as much, most of it for
// WebSockets and reactors.
#define BOOST_ASIO_SOURCE
#define BOOST_BEAST_SOURCE
#include <boost/asio/impl/error.ipp>
#include <boost/beast/core/detail/impl/temporary_buffer.ipp>
#include <boost/beast/core/impl/error.ipp>
#include <boost/beast/core/impl/string.ipp>
#include <boost/beast/http/detail/basic_parser.ipp>
#include <boost/beast/http/detail/rfc7230.ipp>
#include <boost/beast/http/impl/basic_parser.ipp>
#include <boost/beast/http/impl/error.ipp>
#include <boost/beast/http/impl/field.ipp>
#include <boost/beast/http/impl/fields.ipp>
#include <boost/beast/http/impl/rfc7230.ipp>
#include <boost/beast/http/impl/status.ipp>
#include <boost/beast/http/impl/verb.ipp>
