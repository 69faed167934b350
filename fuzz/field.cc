// The values of header fields: cookies, media types, what a client accepts, and for
// whom a proxy asks. The input is one value.
#include "api/accept_encoding.h"
#include "api/client.h"
#include "fuzz/support/check.h"
#include "wire/ascii.h"
#include "wire/cookie.h"
#include "wire/media_type.h"

namespace tinychat::fuzz {
namespace {

// What the guard in front of the parser lets into a value.
bool can_be_a_value(std::string_view input) {
  return input.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void look_at_cookies(std::string_view input) {
  const auto value = wire::find_cookie(input, "tinychat");
  if (value) {
    expect(value->find(';') == std::string_view::npos, "no more than one cookie");
    expect(input.find("tinychat") != std::string_view::npos, "a cookie of that name");
    expect(wire::trim(*value) == *value || input.find('"') != std::string_view::npos,
           "a value without blanks");
  }
  // A cookie of ours is found whatever others come behind it or, if they end, before it.
  const auto first = "tinychat=abc; " + std::string(input);
  expect(wire::find_cookie(first, "tinychat") == "abc", "the first cookie of a name");
  if (!value) {
    const auto last = std::string(input) + "; tinychat=abc";
    expect(wire::find_cookie(last, "tinychat") == "abc", "a cookie behind all others");
  }
  const auto line = wire::set_cookie("tinychat", "abc", std::chrono::seconds(1));
  expect(wire::find_cookie(line, "tinychat") == "abc", "the cookie that was set");
}

void look_at_media_type(std::string_view input) {
  const auto type = wire::parse_media_type(input);
  if (!type) {
    expect_tellable(type.error());
    return;
  }
  const auto slash = type->essence.find('/');
  expect(wire::is_token(type->essence.substr(0, slash)) && wire::is_token(type->essence.substr(slash + 1)),
         "a type and a subtype");
  expect(wire::to_lower(type->essence) == type->essence, "a type in lower case");
  std::string again = type->essence;
  for (const auto& [name, value] : type->parameters) {
    expect(wire::is_token(name) && wire::to_lower(name) == name, "a parameter's name");
    again.append("; ").append(name).append("=\"");
    for (const char byte : value) {
      if (byte == '"' || byte == '\\') again += '\\';
      again += byte;
    }
    again += '"';
  }
  const auto read = wire::parse_media_type(again);
  expect(read && read->essence == type->essence && read->parameters == type->parameters,
         "the same media type when it is written again");
}

void look_at_accepted(std::string_view input) {
  const bool wants_json = wire::prefers_json(input);
  expect(!wants_json || wire::to_lower(input).find("json") != std::string::npos,
         "JSON only for who names it");
  expect(wire::prefers_json("application/json," + std::string(input)), "JSON for who names it first");
  const auto coding = api::choose_coding(input);
  const auto lower = wire::to_lower(input);
  if (lower.find('*') == std::string::npos) {
    expect(coding != api::Coding::kGzip || lower.find("gzip") != std::string::npos,
           "no coding that nobody named");
    expect(coding != api::Coding::kBrotli || lower.find("br") != std::string::npos,
           "no coding that nobody named");
  }
}

// Who asks, behind a proxy that is trusted: nothing that stands before the last address of a stranger counts.
void look_at_client(std::string_view input) {
  const std::vector<wire::Subnet> trusted = {*wire::parse_subnet("10.0.0.0/8")};
  const auto ask = [&](std::string value) {
    net::Request request;
    request.peer = *wire::parse_ip_address("10.0.0.1");
    request.headers.push_back({"x-forwarded-for", std::move(value)});
    return api::client_of(request, trusted);
  };
  const auto client = ask(std::string(input));
  expect(wire::parse_ip_address(wire::to_string(client.address)) == client.address, "an address to be one");
  if (client.is_forwarded && !trusted[0].contains(client.address)) {
    expect(ask("192.0.2.7, " + std::string(input)).address == client.address, "nobody to invent an address");
  }
  expect(ask(std::string(input) + ", 192.0.2.7").address == *wire::parse_ip_address("192.0.2.7"),
         "what the proxy says last to count");
  if (const auto subnet = wire::parse_subnet(input)) {
    expect(subnet->bits <= 128 && subnet->contains(subnet->address), "an address in its network");
  }
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = tinychat::fuzz::text_of(data, size);
  if (!tinychat::fuzz::can_be_a_value(input)) return 0;
  tinychat::fuzz::look_at_cookies(input);
  tinychat::fuzz::look_at_media_type(input);
  tinychat::fuzz::look_at_accepted(input);
  tinychat::fuzz::look_at_client(input);
  return 0;
}
