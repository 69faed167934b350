// The names of our keys in Redis. All carry one hash tag, so that a Redis Cluster keeps them in one place,
// and a version: data of another shape goes by another name. docs/redis.md says what is in them.
#pragma once

#include <string>
#include <string_view>

namespace tinychat::journal {

class RedisKeys {
 public:
  explicit RedisKeys(std::string_view prefix) : base_(std::string(prefix) + "{v1}:") {}

  // Whether it is the channel of signals of this deployment or of another one.
  [[nodiscard]] static bool is_signals(std::string_view channel) {
    return channel.ends_with(kSignals) &&
           channel.substr(0, channel.size() - kSignals.size()).ends_with("{v1}:");
  }

  // What every key begins with, for scripts that find some by themselves.
  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] std::string meta() const { return base_ + "meta"; }
  [[nodiscard]] std::string log() const { return base_ + "log"; }
  [[nodiscard]] std::string rooms() const { return base_ + "rooms"; }
  [[nodiscard]] std::string trimmed() const { return base_ + "trimmed"; }
  [[nodiscard]] std::string topics() const { return base_ + "topics"; }
  // A channel, not a key.
  [[nodiscard]] std::string signals() const { return base_ + std::string(kSignals); }
  [[nodiscard]] std::string nodes() const { return base_ + "nodes"; }
  [[nodiscard]] std::string room(std::string_view name) const { return base_ + "room:" + std::string(name); }
  [[nodiscard]] std::string people(std::string_view room) const {
    return base_ + "people:" + std::string(room);
  }
  // Where a user is.
  [[nodiscard]] std::string places(std::string_view user_id) const {
    return base_ + "places:" + std::string(user_id);
  }
  [[nodiscard]] std::string user(std::string_view id) const { return base_ + "user:" + std::string(id); }
  [[nodiscard]] std::string sessions(std::string_view user_id) const {
    return base_ + "sessions:" + std::string(user_id);
  }
  [[nodiscard]] std::string memberships(std::string_view user_id) const {
    return base_ + "memberships:" + std::string(user_id);
  }
  [[nodiscard]] std::string token(std::string_view hash) const {
    return base_ + "token:" + std::string(hash);
  }
  [[nodiscard]] std::string access_token(std::string_view hash) const {
    return base_ + "access:" + std::string(hash);
  }
  [[nodiscard]] std::string access_names() const { return base_ + "access-names"; }
  // By role.
  [[nodiscard]] std::string links() const { return base_ + "links"; }
  [[nodiscard]] std::string revocations() const { return base_ + "revocations"; }
  [[nodiscard]] std::string blocks() const { return base_ + "blocks"; }
  [[nodiscard]] std::string audit() const { return base_ + "audit"; }
  // What is known of a room beside its log, and the members of a private one.
  [[nodiscard]] std::string profile(std::string_view room) const {
    return base_ + "profile:" + std::string(room);
  }
  [[nodiscard]] std::string members(std::string_view room) const {
    return base_ + "members:" + std::string(room);
  }
  [[nodiscard]] std::string pairs() const { return base_ + "pairs"; }
  [[nodiscard]] std::string locked_rooms() const { return base_ + "locked-rooms"; }
  // Those who have a role.
  [[nodiscard]] std::string standings() const { return base_ + "standings"; }
  // What a call was answered that must not be done twice.
  [[nodiscard]] std::string once(std::string_view call) const { return base_ + "once:" + std::string(call); }
  [[nodiscard]] std::string writer(std::string_view node) const {
    return base_ + "writer:" + std::string(node);
  }
  [[nodiscard]] std::string node(std::string_view node) const { return base_ + "node:" + std::string(node); }
  [[nodiscard]] std::string key(std::string_view room, std::string_view key) const {
    std::string name = base_ + "key:" + std::string(room);
    name += '\0';  // in no room's name
    name += key;
    return name;
  }

 private:
  static constexpr std::string_view kSignals = "signals";

  const std::string base_;
};

}  // namespace tinychat::journal
