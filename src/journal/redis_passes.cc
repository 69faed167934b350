#include "journal/redis_passes.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "journal/redis_part.h"
#include "journal/redis_scripts.h"
#include "journal/redis_values.h"

namespace tinychat::journal {
namespace {

AccessToken token_in(redis::Value value) {
  return {.id = std::string(value[0].text()),
          .name = std::string(value[1].text()),
          .grant = {.scopes = number_in<std::uint8_t>(value[2].text()).value_or(0),
                    .rooms = split_rooms(value[3].text())},
          .created_milliseconds = milliseconds_in(value[4].text()),
          .expires_milliseconds = milliseconds_in(value[5].text()),
          .used_milliseconds = milliseconds_in(value[6].text())};
}

// Takes what stands before the next blank away.
std::string_view take_word(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

class RedisPasses final : public Passes {
 public:
  explicit RedisPasses(RedisPart redis) : redis_(std::move(redis)) {}

  Result<void> add_token(const AccessToken& token, std::string_view hash) override {
    auto reply = redis_.evaluate(
        redis_passes_scripts().add_token, {redis_.keys().access_token(hash), redis_.keys().access_names()},
        {hash, std::to_string(limits::kTokensMax), token.id, token.name, std::to_string(token.grant.scopes),
         joined_rooms(token.grant), std::to_string(token.created_milliseconds),
         std::to_string(token.expires_milliseconds)});
    if (!reply) return std::unexpected(reply.error());
    if (reply->value().text() == "taken") return std::unexpected(token_name_taken(token.name));
    if (reply->value().text() == "full") return std::unexpected(too_many_tokens());
    return {};
  }

  Result<std::optional<AccessToken>> find_token(std::string_view hash, std::uint64_t now) override {
    auto reply = redis_.evaluate(redis_passes_scripts().find_token, {redis_.keys().access_token(hash)},
                                 {std::to_string(now), std::to_string(limits::kSessionSeenLag.count())});
    if (!reply) return std::unexpected(reply.error());
    if (reply->value().is_nil()) return std::nullopt;
    return token_in(reply->value());
  }

  Result<std::vector<AccessToken>> tokens() override {
    auto reply = redis_.evaluate(redis_passes_scripts().tokens, {redis_.keys().access_names()},
                                 {redis_.keys().base()});
    if (!reply) return std::unexpected(reply.error());
    const auto value = reply->value();
    std::vector<AccessToken> all;
    all.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) all.push_back(token_in(value[i]));
    std::ranges::sort(all, {}, &AccessToken::name);
    return all;
  }

  Result<bool> revoke_token(std::string_view name) override {
    auto reply = redis_.evaluate(redis_passes_scripts().revoke_token,
                                 {redis_.keys().access_names(), redis_.keys().revocations()},
                                 {redis_.keys().base(), name, room::holder_of(room::TokenHolder{}), kept_});
    if (!reply) return std::unexpected(reply.error());
    return reply->value().integer() > 0;
  }

  Result<void> put_link(const Link& link, std::string_view hash) override {
    auto reply = redis_.call({"HSET", redis_.keys().links(), text_of(link.role),
                              std::string(hash) + ' ' + std::to_string(link.expires_milliseconds) + ' ' +
                                  std::to_string(link.uses_left) + ' ' + link.code});
    if (!reply) return std::unexpected(reply.error());
    return {};
  }

  Result<std::optional<Link>> find_link(room::Role role) override {
    auto reply = redis_.call({"HGET", redis_.keys().links(), text_of(role)});
    if (!reply) return std::unexpected(reply.error());
    if (reply->value().is_nil()) return std::nullopt;
    std::string_view text = reply->value().text();
    take_word(text);
    Link link{.role = role, .code = {}};
    link.expires_milliseconds = milliseconds_in(take_word(text));
    link.uses_left = number_in<std::int64_t>(take_word(text)).value_or(0);
    link.code = text;
    return link;
  }

  Result<std::optional<room::Role>> use_link(std::string_view hash, std::uint64_t now) override {
    auto reply = redis_.evaluate(redis_passes_scripts().use_link, {redis_.keys().links()},
                                 {hash, std::to_string(now)});
    if (!reply) return std::unexpected(reply.error());
    if (reply->value().is_nil()) return std::nullopt;
    return role_in(reply->value().text());
  }

  Result<void> revoke(std::string_view holder) override {
    auto reply = redis_.call({"XADD", redis_.keys().revocations(), "MAXLEN", "~", kept_, "*", "h", holder});
    if (!reply) return std::unexpected(reply.error());
    return {};
  }

  Result<Revocations> revoked_after(const std::string& place) override {
    Revocations revocations{.holders = {}, .place = place};
    if (place.empty()) {
      auto last = redis_.call({"XREVRANGE", redis_.keys().revocations(), "+", "-", "COUNT", "1"});
      if (!last) return std::unexpected(last.error());
      revocations.place = last->value().size() == 0 ? "0-0" : std::string(last->value()[0][0].text());
      return revocations;
    }
    auto reply = redis_.call({"XRANGE", redis_.keys().revocations(), '(' + place, "+"});
    if (!reply) return std::unexpected(reply.error());
    const auto entries = reply->value();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      revocations.place = std::string(entries[i][0].text());
      revocations.holders.emplace_back(entries[i][1][1].text());
    }
    return revocations;
  }

 private:
  const std::string kept_ = std::to_string(limits::kRevocationsKept);
  RedisPart redis_;
};

}  // namespace

std::unique_ptr<Passes> make_redis_passes(RedisPart redis) {
  return std::make_unique<RedisPasses>(std::move(redis));
}

}  // namespace tinychat::journal
