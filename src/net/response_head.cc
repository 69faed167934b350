#include "net/response_head.h"

#include <string_view>

#include "wire/time_text.h"

namespace tinychat::net {
namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "";
  }
}

// Dates are asked for with every answer and change once a second.
std::string_view date_of(std::uint64_t utc_seconds) {
  thread_local std::uint64_t cached_seconds = 0;
  thread_local std::string cached;
  if (cached_seconds != utc_seconds || cached.empty()) {
    cached = wire::http_date(utc_seconds);
    cached_seconds = utc_seconds;
  }
  return cached;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// 1xx, 204 and 304 have no content and say no length (RFC 9110 §8.6).
bool has_length(const Response& response) {
  return response.status != 204 && response.status != 304 && !response.is_head_of_stream;
}

}  // namespace

std::string response_head(const Response& response, const HeadFacts& facts) {
  std::string head;
  head.reserve(512);
  // The version is the server's own, whatever the request's (RFC 9110 §2.5).
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason_phrase(response.status)).append("\r\n");
  append_field(head, "Date", date_of(facts.utc_seconds));
  append_field(head, "Server", "tinychat");
  for (const auto& field : response.headers) append_field(head, field.name, field.value);
  if (facts.framing == Framing::kChunked) {
    append_field(head, "Transfer-Encoding", "chunked");
  } else if (facts.framing == Framing::kLength && has_length(response)) {
    const auto size = response.body.empty() ? response.static_body.size() : response.body.size();
    append_field(head, "Content-Length", std::to_string(size));
  }
  if (!facts.keeps_alive || facts.framing == Framing::kUntilEnd) {
    append_field(head, "Connection", "close");
  } else if (!facts.is_http_1_1) {
    append_field(head, "Connection", "keep-alive");
  }
  head.append("\r\n");
  return head;
}

}  // namespace tinychat::net
