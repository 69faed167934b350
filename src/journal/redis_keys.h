// The names of our keys in Redis. All carry one hash tag, so that a Redis Cluster keeps them in one place,
// and a version: data of another shape goes by another name. docs/redis.md says what is in them.
#pragma once

#include <string>
#include <string_view>

namespace tinychat::journal {

class RedisKeys {
 public:
  explicit RedisKeys(std::string_view prefix) : base_(std::string(prefix) + "{v1}:") {}

  // What every key begins with, for scripts that find some by themselves.
  [[nodiscard]] const std::string& base() const { return base_; }
  [[nodiscard]] std::string meta() const { return base_ + "meta"; }
  [[nodiscard]] std::string log() const { return base_ + "log"; }
  [[nodiscard]] std::string rooms() const { return base_ + "rooms"; }
  [[nodiscard]] std::string trimmed() const { return base_ + "trimmed"; }
  [[nodiscard]] std::string nodes() const { return base_ + "nodes"; }
  [[nodiscard]] std::string room(std::string_view name) const { return base_ + "room:" + std::string(name); }
  [[nodiscard]] std::string people(std::string_view room) const {
    return base_ + "people:" + std::string(room);
  }
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
  const std::string base_;
};

}  // namespace tinychat::journal
