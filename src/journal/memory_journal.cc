#include "journal/memory_journal.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/assert.h"

namespace tinychat::journal {
namespace {

struct RoomEvents {
  std::deque<room::Event> events;
  std::map<std::string, EventId, std::less<>> keys;
  EventId last;
  EventId trimmed_through;
  std::string topic;

  // The first event with an id greater than `id`.
  [[nodiscard]] auto after(EventId id) const {
    return std::upper_bound(events.begin(), events.end(), id,
                            [](EventId wanted, const room::Event& event) { return wanted < event.id; });
  }
  [[nodiscard]] std::optional<room::Event> find(EventId id) const {
    const auto found =
        std::lower_bound(events.begin(), events.end(), id,
                         [](const room::Event& event, EventId wanted) { return event.id < wanted; });
    if (found == events.end() || found->id != id) return std::nullopt;
    return *found;
  }
};

// Everything, behind one mutex: the writer and the readers are on different threads.
class Store {
 public:
  Store(EventId origin, Retention retention) : origin_(origin), retention_(retention), head_(origin) {}

  [[nodiscard]] EventId origin() const { return origin_; }
  [[nodiscard]] EventId head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  Result<void> append(std::span<const room::Event> events) {
    const std::lock_guard lock(mutex_);
    if (auto fine = check(events); !fine) return fine;
    for (const auto& event : events) add(event);
    return {};
  }

  [[nodiscard]] bool takes_room(std::string_view room) const {
    const std::lock_guard lock(mutex_);
    return retention_.rooms_max == 0 || rooms_.size() < retention_.rooms_max || rooms_.contains(room);
  }

  [[nodiscard]] std::optional<room::Event> find_by_key(std::string_view room, std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    const auto id = found->second.keys.find(key);
    if (id == found->second.keys.end()) return std::nullopt;
    return found->second.find(id->second);
  }

  bool trim_by_age(std::uint64_t now_utc_milliseconds) {
    const auto age = retention_.age_milliseconds_max;
    if (age == 0 || now_utc_milliseconds <= age) return false;
    const EventId limit{now_utc_milliseconds - age, 0};
    const std::lock_guard lock(mutex_);
    for (std::size_t removed = 0; !oldest_.empty() && oldest_.begin()->first < limit; ++removed) {
      if (removed == Journal::kTrimEventsMax) return true;
      remove_oldest(*oldest_.begin()->second);
    }
    return false;
  }

  std::uint64_t erase(std::string_view author) {
    const std::lock_guard lock(mutex_);
    std::uint64_t erased = 0;
    for (auto& [name, room] : rooms_) erased += erase(author, room);
    return erased;
  }

  [[nodiscard]] Page read_after(std::span<const std::string> rooms, EventId after, EventId through,
                                std::size_t events_max, std::size_t bytes_max) const;

  [[nodiscard]] std::vector<room::Event> read_before(std::string_view room, EventId before,
                                                     std::size_t count) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return {};
    const auto& events = found->second.events;
    const auto end =
        std::lower_bound(events.begin(), events.end(), before,
                         [](const room::Event& event, EventId wanted) { return event.id < wanted; });
    const auto available = static_cast<std::size_t>(end - events.begin());
    return {end - static_cast<std::ptrdiff_t>(std::min(count, available)), end};
  }

  [[nodiscard]] std::optional<room::Event> find(std::string_view room, EventId id) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    return found->second.find(id);
  }

  [[nodiscard]] std::vector<RoomSummary> rooms(std::string_view after, std::size_t count) const {
    const std::lock_guard lock(mutex_);
    std::vector<RoomSummary> summaries;
    for (auto at = rooms_.upper_bound(after); at != rooms_.end() && summaries.size() < count; ++at) {
      summaries.push_back(summary_of(*at));
    }
    return summaries;
  }

  [[nodiscard]] std::optional<RoomSummary> find_room(std::string_view room) const {
    const std::lock_guard lock(mutex_);
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return std::nullopt;
    return summary_of(*found);
  }

 private:
  [[nodiscard]] static RoomSummary summary_of(const std::pair<const std::string, RoomEvents>& entry) {
    const auto& [name, room] = entry;
    return {.name = name, .messages = room.events.size(), .last = room.last, .topic = room.topic};
  }

  [[nodiscard]] Result<void> check(std::span<const room::Event> events) const {
    EventId last = head_;
    std::set<std::pair<std::string_view, std::string_view>> keys;
    for (const auto& event : events) {
      TINYCHAT_ASSERT(event.id > last);
      last = event.id;
      if (event.idempotency_key.empty()) continue;
      const auto room = rooms_.find(event.room);
      if (!keys.emplace(event.room, event.idempotency_key).second ||
          (room != rooms_.end() && room->second.keys.contains(event.idempotency_key))) {
        return fail(Code::kStorageFailed,
                    "cannot append to the journal: an idempotency key is already there");
      }
    }
    return {};
  }

  void add(const room::Event& event) {
    RoomEvents& room = rooms_[event.room];
    if (room.events.empty()) oldest_.emplace(event.id, &room);
    room.events.push_back(event);
    room.last = event.id;
    if (event.kind == room::EventKind::kTopic) room.topic = event.text;
    if (!event.idempotency_key.empty()) room.keys.emplace(event.idempotency_key, event.id);
    head_ = event.id;
    while (retention_.messages_max != 0 && room.events.size() > retention_.messages_max) remove_oldest(room);
  }

  void remove_oldest(RoomEvents& room) {
    const auto& event = room.events.front();
    oldest_.erase(event.id);
    room.keys.erase(event.idempotency_key);
    room.trimmed_through = event.id;
    room.events.pop_front();
    if (!room.events.empty()) oldest_.emplace(room.events.front().id, &room);
  }

  std::uint64_t erase(std::string_view author, RoomEvents& room) {
    if (room.events.empty()) return 0;
    oldest_.erase(room.events.front().id);
    const auto erased = std::erase_if(room.events, [&](const room::Event& event) {
      if (event.author != author) return false;
      room.keys.erase(event.idempotency_key);
      if (event.kind == room::EventKind::kTopic && event.text == room.topic) room.topic.clear();
      return true;
    });
    if (!room.events.empty()) oldest_.emplace(room.events.front().id, &room);
    return erased;
  }

  const EventId origin_;
  const Retention retention_;
  mutable std::mutex mutex_;
  EventId head_;
  std::map<std::string, RoomEvents, std::less<>> rooms_;
  // The oldest event of each room that has any.
  std::map<EventId, RoomEvents*> oldest_;
};

Page Store::read_after(std::span<const std::string> rooms, EventId after, EventId through,
                       std::size_t events_max, std::size_t bytes_max) const {
  const std::lock_guard lock(mutex_);
  Page page;
  page.gap = after != EventId{} && after < origin_;

  using At = std::deque<room::Event>::const_iterator;
  std::map<EventId, std::pair<At, At>> next;  // by id: naming a room twice changes nothing
  for (const auto& name : rooms) {
    const auto found = rooms_.find(name);
    if (found == rooms_.end()) continue;
    if (found->second.trimmed_through > after) page.gap = true;
    const auto first = found->second.after(after);
    const auto end = found->second.after(through);
    if (first < end) next.emplace(first->id, std::pair{first, end});
  }

  std::size_t bytes = 0;
  while (!next.empty()) {
    const auto [at, end] = next.begin()->second;
    bytes += at->sender.size() + at->text.size();
    if (page.events.size() == events_max || (bytes > bytes_max && !page.events.empty())) break;
    page.events.push_back(*at);
    next.erase(next.begin());
    if (at + 1 < end) next.emplace((at + 1)->id, std::pair{at + 1, end});
  }
  page.complete = next.empty();
  return page;
}

class MemoryReader final : public JournalReader {
 public:
  explicit MemoryReader(const Store& store) : store_(store) {}

  Result<Page> read_after(std::span<const std::string> rooms, EventId after, EventId through,
                          std::size_t events_max, std::size_t bytes_max) override {
    return store_.read_after(rooms, after, through, events_max, bytes_max);
  }
  Result<std::vector<room::Event>> read_before(std::string_view room, EventId before,
                                               std::size_t count) override {
    return store_.read_before(room, before, count);
  }
  Result<std::optional<room::Event>> find(std::string_view room, EventId id) override {
    return store_.find(room, id);
  }
  Result<std::optional<RoomSummary>> find_room(std::string_view room) override {
    return store_.find_room(room);
  }
  Result<std::vector<RoomSummary>> rooms(std::string_view after, std::size_t count) override {
    return store_.rooms(after, count);
  }

 private:
  const Store& store_;
};

class MemoryJournal final : public EmbeddedJournal {
 public:
  MemoryJournal(EventId origin, Retention retention) : store_(origin, retention) {}

  [[nodiscard]] EventId origin() const override { return store_.origin(); }
  [[nodiscard]] EventId head() const override { return store_.head(); }
  Result<void> append(std::span<const room::Event> events) override { return store_.append(events); }
  Result<std::optional<room::Event>> find_by_key(std::string_view room, std::string_view key) override {
    return store_.find_by_key(room, key);
  }
  Result<bool> takes_room(std::string_view room) override { return store_.takes_room(room); }
  Result<bool> trim_by_age(std::uint64_t now_utc_milliseconds) override {
    return store_.trim_by_age(now_utc_milliseconds);
  }
  Result<Erased> erase(std::string_view author, const std::string& /*from*/) override {
    return Erased{.events = store_.erase(author), .end = {}};
  }
  Result<void> check() override { return {}; }
  Result<std::unique_ptr<JournalReader>> open_reader() override {
    return std::make_unique<MemoryReader>(store_);
  }

 private:
  Store store_;
};

}  // namespace

std::unique_ptr<EmbeddedJournal> make_memory_journal(EventId origin, Retention retention) {
  return std::make_unique<MemoryJournal>(origin, retention);
}

}  // namespace tinychat::journal
