#include "room/presence.h"

#include "base/assert.h"

namespace tinychat::room {

std::string Presence::key_of(const Person& person) {
  return person.id.empty() ? 'n' + person.name : 'i' + person.id;
}

bool Presence::join(std::string_view room, const Person& person) {
  auto found = rooms_.find(room);
  if (found == rooms_.end()) found = rooms_.try_emplace(std::string(room)).first;
  auto& present = found->second[key_of(person)];
  if (++present.streams > 1) return false;
  present.person = person;
  if (!person.id.empty()) rooms_of_user_[person.id].emplace(room);
  return true;
}

std::optional<Person> Presence::leave(std::string_view room, const Person& person) {
  const auto people = rooms_.find(room);
  TINYCHAT_ASSERT(people != rooms_.end());
  const auto entry = people->second.find(key_of(person));
  TINYCHAT_ASSERT(entry != people->second.end());
  if (--entry->second.streams > 0) return std::nullopt;
  Person gone = std::move(entry->second.person);
  people->second.erase(entry);
  if (people->second.empty()) rooms_.erase(people);
  if (const auto rooms = rooms_of_user_.find(gone.id); rooms != rooms_of_user_.end()) {
    rooms->second.erase(rooms->second.find(room));
    if (rooms->second.empty()) rooms_of_user_.erase(rooms);
  }
  return gone;
}

std::vector<std::string> Presence::rename(std::string_view user_id, std::string_view name) {
  const auto rooms = rooms_of_user_.find(user_id);
  if (rooms == rooms_of_user_.end()) return {};
  const std::string key = key_of({std::string(user_id), {}});
  for (const auto& room : rooms->second) rooms_.find(room)->second.find(key)->second.person.name = name;
  return {rooms->second.begin(), rooms->second.end()};
}

std::size_t Presence::count(std::string_view room) const {
  const auto people = rooms_.find(room);
  return people == rooms_.end() ? 0 : people->second.size();
}

std::vector<Person> Presence::people(std::string_view room, std::size_t count) const {
  std::vector<Person> found;
  const auto people = rooms_.find(room);
  if (people == rooms_.end()) return found;
  for (const auto& [key, present] : people->second) {
    if (found.size() == count) break;
    found.push_back(present.person);
  }
  return found;
}

}  // namespace tinychat::room
