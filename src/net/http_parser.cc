#include "net/http_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "base/limits.h"
#include "wire/ascii.h"
#include "wire/chunked.h"
#include "wire/http_head.h"

namespace tinychat::net {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

Error body_error(const error_code& error) {
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return {Code::kTooLarge, "The body is larger than " + std::to_string(limits::kBodyBytesMax) +
                                 " bytes; send a shorter message."};
  }
  return {Code::kMalformed, "The body's framing is broken (" + error.message() +
                                "); send it with Content-Length, or in chunks as RFC 9112 has them."};
}

}  // namespace

struct HttpParser::Impl {
  using Parser = http::request_parser<http::string_body>;

  wire::HeadScanner scanner;
  std::optional<Parser> parser;
  wire::Fields headers;        // of the head: the parser would add those of a trailer
  std::size_t head_bytes = 0;  // that its fields take
  bool keeps_alive = true;
  bool expects_continue = false;
  // Of a body in chunks, which the library's parser is not shown.
  wire::ChunkDecoder chunks;
  std::string body;

  [[nodiscard]] bool is_chunked() const { return parser->chunked(); }
  [[nodiscard]] bool is_done() const { return is_chunked() ? chunks.is_done() : parser->is_done(); }

  void begin_request() {
    chunks = {};
    body.clear();
    parser.emplace();
    parser->eager(true);
    parser->body_limit(limits::kBodyBytesMax);
    parser->header_limit(static_cast<std::uint32_t>(limits::kHeadBytesMax));
  }
};

HttpParser::HttpParser() : impl_(std::make_unique<Impl>()) {}
HttpParser::~HttpParser() = default;

Result<HttpParser::Progress> HttpParser::read(std::string_view bytes) {
  consumed_ = 0;
  if (!impl_->parser) {
    const auto head_bytes = impl_->scanner.scan(bytes);
    if (!head_bytes) return std::unexpected(head_bytes.error());
    if (!*head_bytes) return Progress::kHead;
    const std::size_t leading = impl_->scanner.leading_bytes();
    if (auto read = read_head(bytes.substr(leading, **head_bytes - leading)); !read) {
      return std::unexpected(read.error());
    }
    consumed_ = **head_bytes;
  }
  if (!impl_->is_done()) {
    if (auto read = read_body(bytes.substr(consumed_)); !read) return std::unexpected(read.error());
  }
  return impl_->is_done() ? Progress::kComplete : Progress::kBody;
}

Result<void> HttpParser::read_head(std::string_view head) {
  impl_->begin_request();
  auto& parser = *impl_->parser;
  // Beast keeps the fields, and so do we.
  impl_->head_bytes = 3 * head.size();
  error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(head), error);
  // Now: what a trailer says comes when nobody checks heads any more (RFC 9110 §6.5.1).
  impl_->headers.clear();
  for (const auto& field : parser.get()) {
    impl_->headers.push_back({wire::to_lower(field.name_string()), std::string(field.value())});
  }
  if (error == http::error::body_limit) return std::unexpected(body_error(error));
  if ((error && error != http::error::need_more) || used != head.size() || !parser.is_header_done()) {
    return fail(Code::kMalformed, "The request's head is broken: " + error.message() + ".");
  }
  const auto& message = parser.get();
  impl_->keeps_alive = message.keep_alive();
  const auto expect = message.find(http::field::expect);
  impl_->expects_continue = false;
  if (expect != message.end() && message.version() >= 11) {
    if (wire::to_lower(expect->value()) != "100-continue") {
      return fail(Code::kExpectationFailed, "The only Expect that is understood is 100-continue.");
    }
    impl_->expects_continue = true;
  }
  return {};
}

Result<void> HttpParser::read_body(std::string_view bytes) {
  if (impl_->is_chunked()) {
    const auto used = impl_->chunks.read(bytes, impl_->body);
    if (!used) return std::unexpected(used.error());
    consumed_ += *used;
    return {};
  }
  auto& parser = *impl_->parser;
  while (!bytes.empty() && !parser.is_done()) {
    error_code error;
    const std::size_t count = parser.put(boost::asio::buffer(bytes), error);
    consumed_ += count;
    bytes.remove_prefix(count);
    if (error && error != http::error::need_more) return std::unexpected(body_error(error));
    if (count == 0) break;
  }
  return {};
}

std::size_t HttpParser::held_bytes() const {
  if (!impl_->parser) return 0;
  return impl_->head_bytes + impl_->parser->get().body().capacity() + impl_->body.capacity();
}

const wire::Fields& HttpParser::headers() const { return impl_->headers; }

bool HttpParser::keeps_alive() const { return impl_->keeps_alive; }

bool HttpParser::is_http_1_1() const { return impl_->parser->get().version() >= 11; }

bool HttpParser::expects_continue() const { return impl_->expects_continue; }

Request HttpParser::take() {
  auto& message = impl_->parser->get();
  Request request{.method = std::string(message.method_string()),
                  .target = std::string(message.target()),
                  .headers = std::move(impl_->headers),
                  .body = std::move(impl_->is_chunked() ? impl_->body : message.body())};
  impl_->headers.clear();
  impl_->parser.reset();
  impl_->scanner.reset();
  return request;
}

}  // namespace tinychat::net
