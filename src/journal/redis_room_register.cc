#include "journal/redis_room_register.h"

#include <string>
#include <utility>

#include "base/limits.h"
#include "journal/redis_part.h"
#include "journal/redis_scripts.h"
#include "room/room_name.h"

namespace tinychat::journal {
namespace {

room::Part part_in(std::string_view text) {
  if (text == "2") return room::Part::kHost;
  return text == "1" ? room::Part::kMember : room::Part::kNone;
}

RoomView view_in(redis::Value value, const std::string& room) {
  RoomView view{.title = std::string(value[0].text()),
                .is_locked = value[1].text() == "1",
                .is_direct = value[2].text() == "1",
                .part = part_in(value[3].text())};
  if (view.is_direct) view.title = value[4].text();
  if (room::is_private(room) && view.part == room::Part::kNone) return {};
  return view;
}

// Of scripts that answer with a word.
Result<std::string> word_in(Result<redis::Reply> reply) {
  if (!reply) return std::unexpected(std::move(reply.error()));
  return std::string(reply->value().text());
}

class RedisRoomRegister final : public RoomRegister {
 public:
  explicit RedisRoomRegister(RedisPart redis) : redis_(std::move(redis)) {}

  Result<void> make(std::string_view room, std::string_view title,
                    std::span<const std::string> users) override {
    if (users.size() > limits::kRoomMembersMax) return std::unexpected(too_many_members());
    std::vector<std::string_view> arguments{redis_.keys().base(), title};
    arguments.insert(arguments.end(), users.begin(), users.end());
    auto word =
        word_in(redis_.evaluate(redis_room_register_scripts().make,
                                {redis_.keys().profile(room), redis_.keys().members(room)}, arguments));
    if (!word) return std::unexpected(word.error());
    if (*word == "nobody") return std::unexpected(no_such_member());
    return {};
  }

  Result<std::string> make_direct(std::string_view room, std::string_view one,
                                  std::string_view other) override {
    const std::string pair = pair_of(one, other);
    auto word = word_in(redis_.evaluate(redis_room_register_scripts().make_direct, {redis_.keys().pairs()},
                                        {redis_.keys().base(), room, pair, one, other}));
    if (word && *word == "nobody") return std::unexpected(no_such_member());
    return word;
  }

  Result<std::vector<RoomView>> look(std::string_view user, std::span<const std::string> rooms) override {
    std::vector<RoomView> views;
    if (rooms.empty()) return views;
    std::vector<std::string_view> arguments{redis_.keys().base(), user};
    arguments.insert(arguments.end(), rooms.begin(), rooms.end());
    auto reply = redis_.evaluate(redis_room_register_scripts().look, {redis_.keys().pairs()}, arguments);
    if (!reply) return std::unexpected(reply.error());
    const auto value = reply->value();
    views.reserve(rooms.size());
    for (std::size_t i = 0; i < rooms.size(); ++i) views.push_back(view_in(value[i], rooms[i]));
    return views;
  }

  Result<std::optional<RoomMembers>> members(std::string_view room) override {
    auto reply =
        redis_.evaluate(redis_room_register_scripts().members,
                        {redis_.keys().profile(room), redis_.keys().members(room)}, {redis_.keys().base()});
    if (!reply) return std::unexpected(reply.error());
    const auto value = reply->value();
    if (value.is_nil()) return std::nullopt;
    RoomMembers members;
    for (std::size_t i = 1; i < value.size(); ++i) {
      members.people.push_back(
          {.id = std::string(value[i][0].text()), .name = std::string(value[i][1].text())});
    }
    const bool is_direct = value[0].text() == "1";
    if (!is_direct && !members.people.empty()) members.host = members.people.front().id;
    return members;
  }

  Result<void> add(std::string_view room, std::string_view user, std::string_view by) override {
    auto word = word_in(redis_.evaluate(redis_room_register_scripts().add_member,
                                        {redis_.keys().profile(room), redis_.keys().members(room)},
                                        {redis_.keys().base(), user, members_max_, by}));
    if (!word) return std::unexpected(word.error());
    if (*word == "none") return std::unexpected(no_such_private_room());
    if (*word == "direct") return std::unexpected(room_is_direct());
    if (*word == "nobody") return std::unexpected(no_such_member());
    if (*word == "full") return std::unexpected(too_many_members());
    return {};
  }

  Result<bool> remove(std::string_view room, std::string_view user) override {
    const std::string holder = holder_in(user, room);
    auto word = word_in(redis_.evaluate(
        redis_room_register_scripts().remove_member,
        {redis_.keys().profile(room), redis_.keys().members(room), redis_.keys().revocations()},
        {user, holder, revocations_kept_}));
    if (!word) return std::unexpected(word.error());
    if (*word == "direct") return std::unexpected(room_is_direct());
    return *word == "gone";
  }

  Result<void> change(std::string_view room, const RoomChange& change) override {
    std::string_view lock;
    if (change.is_locked) lock = *change.is_locked ? "1" : "0";
    auto word =
        word_in(redis_.evaluate(redis_room_register_scripts().change_room,
                                {redis_.keys().profile(room), redis_.keys().locked_rooms()},
                                {room, room::is_private(room) ? "1" : "0", change.title ? "1" : "0",
                                 change.title ? std::string_view(*change.title) : "", lock, locked_max_}));
    if (!word) return std::unexpected(word.error());
    if (*word == "none") return std::unexpected(no_such_private_room());
    if (*word == "direct") return std::unexpected(room_is_direct());
    if (*word == "full") return std::unexpected(too_many_locked_rooms());
    return {};
  }

  Result<std::vector<std::string>> locked() override {
    auto reply = redis_.call({"SMEMBERS", redis_.keys().locked_rooms()});
    if (!reply) return std::unexpected(reply.error());
    const auto value = reply->value();
    std::vector<std::string> rooms;
    rooms.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) rooms.emplace_back(value[i].text());
    return rooms;
  }

 private:
  const std::string members_max_ = std::to_string(limits::kRoomMembersMax);
  const std::string locked_max_ = std::to_string(limits::kLockedRoomsMax);
  const std::string revocations_kept_ = std::to_string(limits::kRevocationsKept);
  RedisPart redis_;
};

}  // namespace

std::unique_ptr<RoomRegister> make_redis_room_register(RedisPart redis) {
  return std::make_unique<RedisRoomRegister>(std::move(redis));
}

}  // namespace tinychat::journal
