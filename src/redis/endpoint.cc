#include "redis/endpoint.h"

#include <charconv>
#include <optional>

#include "wire/percent.h"

namespace tinychat::redis {
namespace {

std::unexpected<Error> wrong(const std::string& what) {
  return fail(Code::kUsage, "the address of Redis " + what +
                                "; it looks like redis://:password@host:6379/0, rediss://host or "
                                "unix:/run/redis/redis.sock");
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Result<void> read_credentials(std::string_view text, Endpoint& endpoint) {
  const auto colon = text.find(':');
  auto user = wire::percent_decode(text.substr(0, colon), false, 0);
  auto password =
      wire::percent_decode(colon == std::string_view::npos ? "" : text.substr(colon + 1), false, 0);
  if (!user || !password) return wrong("has a user or password with a broken %-escape");
  endpoint.user = std::move(*user);
  endpoint.password = std::move(*password);
  if (!endpoint.user.empty() && endpoint.password.empty()) return wrong("has a user, but no password");
  return {};
}

Result<void> read_database(std::string_view text, Endpoint& endpoint) {
  if (text.empty()) return {};
  const auto database = number<std::uint32_t>(text);
  if (!database) return wrong("names a database that is no number");
  endpoint.database = *database;
  return {};
}

Result<void> read_authority(std::string_view text, Endpoint& endpoint) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("has a '[' without its ']'");
    endpoint.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    endpoint.host = text.substr(0, text.find(':'));
    text.remove_prefix(endpoint.host.size());
  }
  if (endpoint.host.empty()) endpoint.host = "127.0.0.1";
  if (text.empty()) return {};
  const auto port = number<std::uint16_t>(text.substr(1));
  if (text.front() != ':' || !port || *port == 0) return wrong("has a port that is no number up to 65535");
  endpoint.port = *port;
  return {};
}

Result<Endpoint> parse_unix(std::string_view rest) {
  Endpoint endpoint{.kind = Endpoint::Kind::kUnix, .host = {}, .port = 0, .user = {}, .password = {}};
  if (take_prefix(rest, "//")) {
    const auto slash = rest.find('/');
    const auto at = rest.substr(0, slash).rfind('@');
    if (at != std::string_view::npos) {
      if (auto read = read_credentials(rest.substr(0, at), endpoint); !read)
        return std::unexpected(read.error());
      rest.remove_prefix(at + 1);
    }
  }
  const auto query = rest.find('?');
  if (query != std::string_view::npos) {
    std::string_view parameters = rest.substr(query + 1);
    if (!take_prefix(parameters, "db=")) return wrong("has a parameter other than db");
    if (auto read = read_database(parameters, endpoint); !read) return std::unexpected(read.error());
  }
  endpoint.host = rest.substr(0, query);
  if (!endpoint.host.starts_with('/')) return wrong("names a socket without its full path");
  return endpoint;
}

std::string scheme(const Endpoint& endpoint) {
  return endpoint.kind == Endpoint::Kind::kTls ? "rediss://" : "redis://";
}

std::string authority(const Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  return (is_ipv6 ? '[' + endpoint.host + ']' : endpoint.host) + ':' + std::to_string(endpoint.port);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view url) {
  if (take_prefix(url, "unix:")) return parse_unix(url);
  Endpoint endpoint;
  if (take_prefix(url, "rediss://")) {
    endpoint.kind = Endpoint::Kind::kTls;
  } else if (!take_prefix(url, "redis://")) {
    return wrong("begins with none of redis://, rediss:// and unix:");
  }
  const auto slash = url.find('/');
  std::string_view authority = url.substr(0, slash);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    if (auto read = read_credentials(authority.substr(0, at), endpoint); !read)
      return std::unexpected(read.error());
    authority.remove_prefix(at + 1);
  }
  if (auto read = read_authority(authority, endpoint); !read) return std::unexpected(read.error());
  if (slash != std::string_view::npos) {
    if (auto read = read_database(url.substr(slash + 1), endpoint); !read)
      return std::unexpected(read.error());
  }
  return endpoint;
}

std::string to_string(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::kUnix) return "unix:" + endpoint.host;
  return scheme(endpoint) + authority(endpoint);
}

std::string url_without_password(const Endpoint& endpoint) {
  const std::string credentials =
      endpoint.password.empty() ? "" : wire::percent_encode_segment(endpoint.user) + ":PASSWORD@";
  const std::string database = endpoint.database == 0 ? "" : std::to_string(endpoint.database);
  if (endpoint.kind == Endpoint::Kind::kUnix) {
    return (credentials.empty() ? "unix:" : "unix://" + credentials) + endpoint.host +
           (database.empty() ? "" : "?db=" + database);
  }
  return scheme(endpoint) + credentials + authority(endpoint) + (database.empty() ? "" : '/' + database);
}

}  // namespace tinychat::redis
