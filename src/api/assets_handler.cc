// The files that the program carries in itself: the page and the API's description.
#include <string>
#include <string_view>
#include <utility>

#include "api/accept_encoding.h"
#include "api/actions.h"
#include "api/assets.h"
#include "api/security_headers.h"
#include "base/event_id.h"
#include "room/room_name.h"
#include "wire/ascii.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kPagePath = "/";
constexpr std::string_view kServiceWorkerPath = "/sw.js";

// One coding of an asset.
struct Representation {
  std::string_view bytes;
  const char* content_encoding = nullptr;
  std::string etag;
};

// `"abc"` is `"abc-br"` for the brotli coding.
std::string tag_for(std::string_view etag, std::string_view coding) {
  std::string tag(etag.substr(0, etag.size() - 1));
  return tag.append("-").append(coding).append("\"");
}

Representation choose_representation(const Asset& asset, const std::string* accept_encoding) {
  const Coding coding = accept_encoding == nullptr ? Coding::kIdentity : choose_coding(*accept_encoding);
  if (coding == Coding::kBrotli && !asset.brotli.empty()) {
    return {asset.brotli, "br", tag_for(asset.etag, "br")};
  }
  if (coding == Coding::kGzip && !asset.gzip.empty()) {
    return {asset.gzip, "gzip", tag_for(asset.etag, "gzip")};
  }
  return {asset.identity, nullptr, std::string(asset.etag)};
}

// RFC 9110, 13.1.2: weak comparison, so a `W/` that a proxy put before our tag does not count.
bool matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto element = if_none_match.substr(0, if_none_match.find(','));
    if_none_match.remove_prefix(element.size() == if_none_match.size() ? element.size() : element.size() + 1);
    auto tag = wire::trim(element);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

net::Response asset_response(const Asset& asset, const net::Request& request) {
  const auto representation = choose_representation(asset, request.header("accept-encoding"));
  net::Response response;
  response.headers = {
      {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}, {"ETag", representation.etag}};
  protect_asset(response, asset.content_type.starts_with("text/html") || asset.path == kServiceWorkerPath);
  const std::string* const if_none_match = request.header("if-none-match");
  if (if_none_match != nullptr && matches(*if_none_match, representation.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.push_back({"Content-Type", std::string(asset.content_type)});
  if (representation.content_encoding != nullptr) {
    response.headers.push_back({"Content-Encoding", representation.content_encoding});
  }
  response.static_body = representation.bytes;
  return response;
}

void answer_with_asset(Call& call, std::string_view path) {
  const Asset* const asset = find_asset(path);
  if (asset == nullptr) return call.reply.send(no_such_path());
  call.reply.send(asset_response(*asset, call.request));
}

}  // namespace

void get_page(Call&& call) { answer_with_asset(call, kPagePath); }

void get_room_page(Call&& call) {
  if (const auto valid = room::check_room_name(call.room); !valid) return call.reply.send(valid.error());
  answer_with_asset(call, kPagePath);
}

// Whether there is such a message is for the page to find out. What is no id is the end of a room's name.
void get_message_page(Call&& call) {
  if (!parse_event_id(call.id)) call.room += '/' + call.id;
  get_room_page(std::move(call));
}

void get_asset(Call&& call) { answer_with_asset(call, call.path); }

}  // namespace tinychat::api
