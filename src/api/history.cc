// Every page is exact because one message more than it can hold is asked for: whether that one comes
// is the answer to "is there more on this side?". The side that a page was not read from is asked
// for one message.
#include "api/history.h"

#include <algorithm>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>

#include "api/query.h"
#include "room/rendered_event.h"

namespace tinychat::api {
namespace {

using Events = std::vector<room::Event>;

// More than any page can hold, so that pages are cut by count alone.
constexpr std::size_t kBytesUnbounded = (limits::kHistoryPageMax + 1) * limits::kEventBytesMax;

Result<Events> newer_than(journal::JournalReader& reader, const std::string& room, EventId id,
                          std::size_t count) {
  auto page = reader.read_after(std::span(&room, 1), id, kEndOfTime, count, kBytesUnbounded);
  if (!page) return std::unexpected(std::move(page.error()));
  return std::move(page->events);
}

Result<bool> has_newer_than(journal::JournalReader& reader, const std::string& room, EventId id) {
  const auto newer = newer_than(reader, room, id, 1);
  if (!newer) return std::unexpected(newer.error());
  return !newer->empty();
}

Result<bool> has_older_than(journal::JournalReader& reader, const std::string& room, EventId id) {
  const auto older = reader.read_before(room, id, 1);
  if (!older) return std::unexpected(older.error());
  return !older->empty();
}

EventId successor(EventId id) {
  if (id == kEndOfTime) return id;
  if (++id.sequence == 0) ++id.milliseconds;
  return id;
}

// How many of them fit on a page, counted from where it begins: at least one, if there is one.
template <typename Range>
std::size_t fitting(const Range& events, std::size_t limit, std::size_t bytes_max) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const room::Event& event : events) {
    bytes += event.text.size();
    if (count == limit || (count > 0 && bytes > bytes_max)) break;
    ++count;
  }
  return count;
}

std::size_t fitting_last(const Events& events, std::size_t limit,
                         std::size_t bytes_max = limits::kHistoryPageBytesMax) {
  return fitting(std::views::reverse(events), limit, bytes_max);
}

std::size_t fitting_first(const Events& events, std::size_t limit,
                          std::size_t bytes_max = limits::kHistoryPageBytesMax) {
  return fitting(events, limit, bytes_max);
}

void keep_last(Events& events, std::size_t count) {
  const auto surplus = events.size() - std::min(count, events.size());
  events.erase(events.begin(), events.begin() + static_cast<Events::difference_type>(surplus));
}

void keep_first(Events& events, std::size_t count) {
  if (events.size() > count)
    events.erase(events.begin() + static_cast<Events::difference_type>(count), events.end());
}

Result<HistoryPage> read_older(journal::JournalReader& reader, const std::string& room, EventId id,
                               std::size_t limit) {
  auto events = reader.read_before(room, id, limit + 1);
  if (!events) return std::unexpected(std::move(events.error()));
  HistoryPage page;
  const std::size_t count = fitting_last(*events, limit);
  const bool more = events->size() > count;
  page.messages = std::move(*events);
  keep_last(page.messages, count);
  if (more) page.before = page.messages.front().id;
  return page;
}

Result<HistoryPage> read_page_before(journal::JournalReader& reader, const HistoryQuery& query) {
  auto page = read_older(reader, query.room, query.id, query.limit);
  if (!page) return page;
  // Nothing is older than the cursor: then all there is lies after the beginning.
  const EventId last = page->messages.empty() ? EventId{} : page->messages.back().id;
  const auto newer = has_newer_than(reader, query.room, last);
  if (!newer) return std::unexpected(newer.error());
  if (*newer) page->after = last;
  return page;
}

Result<HistoryPage> read_page_after(journal::JournalReader& reader, const HistoryQuery& query) {
  auto events = newer_than(reader, query.room, query.id, query.limit + 1);
  if (!events) return std::unexpected(std::move(events.error()));
  HistoryPage page;
  const std::size_t count = fitting_first(*events, query.limit);
  const bool more = events->size() > count;
  page.messages = std::move(*events);
  keep_first(page.messages, count);
  if (more) page.after = page.messages.back().id;
  // Nothing is newer than the cursor: then all there is lies up to it.
  const EventId first = page.messages.empty() ? successor(query.id) : page.messages.front().id;
  const auto older = has_older_than(reader, query.room, first);
  if (!older) return std::unexpected(older.error());
  if (*older) page.before = first;
  return page;
}

// Half of the page for each side; what one side cannot fill is the other's.
Result<HistoryPage> read_page_around(journal::JournalReader& reader, const HistoryQuery& query) {
  auto older = reader.read_before(query.room, query.id, query.limit + 1);
  if (!older) return std::unexpected(std::move(older.error()));
  auto self = reader.find(query.room, query.id);
  if (!self) return std::unexpected(std::move(self.error()));
  auto newer = newer_than(reader, query.room, query.id, query.limit + 1);
  if (!newer) return std::unexpected(std::move(newer.error()));
  if (*self) newer->insert(newer->begin(), std::move(**self));

  constexpr std::size_t kHalfOfTheBytes = limits::kHistoryPageBytesMax / 2;
  const std::size_t half = std::min(older->size(), query.limit / 2);
  const std::size_t after_count = fitting_first(*newer, query.limit - half, kHalfOfTheBytes);
  const std::size_t before_count =
      query.limit > after_count ? fitting_last(*older, query.limit - after_count, kHalfOfTheBytes) : 0;
  const bool more_before = older->size() > before_count;
  const bool more_after = newer->size() > after_count;

  HistoryPage page;
  page.messages = std::move(*older);
  keep_last(page.messages, before_count);
  keep_first(*newer, after_count);
  std::ranges::move(*newer, std::back_inserter(page.messages));
  if (more_before) page.before = page.messages.front().id;
  if (more_after) page.after = page.messages.back().id;
  return page;
}

std::optional<HistoryAnchor> anchor_named(std::string_view name) {
  if (name == "before") return HistoryAnchor::kBefore;
  if (name == "after") return HistoryAnchor::kAfter;
  if (name == "around") return HistoryAnchor::kAround;
  return std::nullopt;
}

std::string cursor_json(const std::optional<EventId>& cursor) {
  return cursor ? '"' + to_string(*cursor) + '"' : "null";
}

}  // namespace

Result<HistoryQuery> parse_history_query(std::string room, const wire::Fields& query) {
  HistoryQuery parsed;
  parsed.room = std::move(room);
  for (const auto& [name, value] : query) {
    const auto anchor = anchor_named(name);
    if (!anchor) continue;
    if (parsed.anchor != HistoryAnchor::kNewest) {
      return fail(Code::kUnprocessable, "A page has one cursor; send one of `before`, `after` and `around`.");
    }
    const auto id = parse_event_id(value);
    if (!id) {
      return fail(Code::kUnprocessable, "The cursor `" + name +
                                            "` is not an id of the shape <milliseconds>-<number>; "
                                            "send the `id` of a message, such as 1361572294000-0.");
    }
    parsed.anchor = *anchor;
    parsed.id = *id;
  }
  const auto limit = read_limit(query, limits::kHistoryPageDefault, limits::kHistoryPageMax);
  if (!limit) return std::unexpected(limit.error());
  parsed.limit = *limit;
  return parsed;
}

Result<HistoryPage> read_history(journal::JournalReader& reader, const HistoryQuery& query) {
  switch (query.anchor) {
    case HistoryAnchor::kBefore: return read_page_before(reader, query);
    case HistoryAnchor::kAfter: return read_page_after(reader, query);
    case HistoryAnchor::kAround: return read_page_around(reader, query);
    case HistoryAnchor::kNewest: break;
  }
  return read_older(reader, query.room, kEndOfTime, query.limit);
}

std::string to_json(const HistoryPage& page) {
  std::string json = R"({"messages":[)";
  for (const room::Event& event : page.messages) {
    if (json.back() != '[') json += ',';
    json += room::message_json(event);
  }
  json += R"(],"before":)" + cursor_json(page.before) + R"(,"after":)" + cursor_json(page.after) + '}';
  return json;
}

}  // namespace tinychat::api
