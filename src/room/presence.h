// Who is in which room by name, over all streams of the deployment. Pure; one owner.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tinychat::room {

// A user, or somebody of whom a name is all there is.
struct Person {
  std::string id;  // empty: nobody vouches for the name
  std::string name;

  friend bool operator==(const Person&, const Person&) = default;
};

class Presence {
 public:
  // True: they were not in the room before. A user is the same under any name, and keeps the one that is
  // known here: see rename().
  bool join(std::string_view room, const Person& person);
  // Who has left, under the name they had; nullopt: they have other streams there. Each leave follows a join.
  std::optional<Person> leave(std::string_view room, const Person& person);
  // The rooms where this user is, and has the new name now.
  std::vector<std::string> rename(std::string_view user_id, std::string_view name);

  [[nodiscard]] std::size_t count(std::string_view room) const;
  // At most `count` of them, users first.
  [[nodiscard]] std::vector<Person> people(std::string_view room, std::size_t count) const;

 private:
  struct Present {
    Person person;
    std::size_t streams = 0;
  };
  // By user id or, for those without, by name; the two are told apart by the first byte.
  using People = std::map<std::string, Present, std::less<>>;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <typename Value>
  using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  static std::string key_of(const Person& person);

  ByName<People> rooms_;
  ByName<std::set<std::string, std::less<>>> rooms_of_user_;
};

}  // namespace tinychat::room
