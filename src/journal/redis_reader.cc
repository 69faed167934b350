// The reading side of the journal in Redis.

#include <algorithm>
#include <map>
#include <utility>

#include "journal/redis_part.h"
#include "journal/redis_scripts.h"
#include "journal/redis_site.h"

namespace tinychat::journal {
namespace {

class RedisReader final : public JournalReader {
 public:
  explicit RedisReader(SharedSite site) : redis_(std::move(site), "reader") {}

  Result<Page> read_after(std::span<const std::string> rooms, EventId after, EventId through,
                          std::size_t events_max, std::size_t bytes_max) override;
  Result<std::vector<room::Event>> read_before(std::string_view room, EventId before,
                                               std::size_t count) override;
  Result<std::optional<room::Event>> find(std::string_view room, EventId id) override;
  Result<std::optional<RoomSummary>> find_room(std::string_view room) override;
  Result<std::vector<RoomSummary>> rooms(std::string_view after, std::size_t count) override;
  Result<room::Attendance> attendance(std::string_view room) override;

 private:
  Result<std::vector<RoomSummary>> summaries(std::string_view from, std::string_view to, std::size_t count);

  RedisPart redis_;
};

Result<Page> RedisReader::read_after(std::span<const std::string> rooms, EventId after, EventId through,
                                     std::size_t events_max, std::size_t bytes_max) {
  std::vector<std::string_view> distinct(rooms.begin(), rooms.end());
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());

  // One more than asked for tells whether the page is complete.
  constexpr std::size_t kCountMax = 1'000'000;
  const std::size_t wanted = std::min(events_max, kCountMax) + 1;
  // Nothing is after the last id of all, which Redis refuses as a beginning.
  const EventId from = std::min(after, EventId{kEndOfTime.milliseconds, kEndOfTime.sequence - 1});
  const std::string from_text = to_string(from);
  const std::string through_text = to_string(through);
  const std::string count_text = std::to_string(wanted);
  std::vector<std::string_view> arguments{redis_.keys().base(), from_text, through_text, count_text};
  arguments.insert(arguments.end(), distinct.begin(), distinct.end());
  auto reply =
      redis_.evaluate(redis_scripts().read, {redis_.keys().meta(), redis_.keys().trimmed()}, arguments);
  if (!reply) return std::unexpected(reply.error());
  const auto value = reply->value();

  Page page;
  const auto origin = id_in(value[0]);
  // Without an origin the log was emptied from outside.
  page.gap = value[1].integer() > 0 || (after != EventId{} && (!origin || after < *origin));
  std::size_t bytes = 0;
  const auto entries = value[2];
  for (std::size_t i = 0; i < entries.size(); ++i) {
    page.complete = false;
    if (page.events.size() == events_max) return page;
    const auto id = id_in(entries[i][1]);
    const auto room = static_cast<std::size_t>(entries[i][0].integer());
    if (!id || room >= distinct.size()) return std::unexpected(id_in(entries[i][1]).error());
    auto event = event_in(*id, distinct[room], entries[i][2]);
    bytes += event.sender.size() + event.text.size();
    if (bytes > bytes_max && !page.events.empty()) return page;
    page.events.push_back(std::move(event));
  }
  page.complete = true;
  return page;
}

Result<std::vector<room::Event>> RedisReader::read_before(std::string_view room, EventId before,
                                                          std::size_t count) {
  std::vector<room::Event> events;
  if (before == EventId{} || count == 0) return events;
  auto reply = redis_.call(
      {"XREVRANGE", redis_.keys().room(room), '(' + to_string(before), "-", "COUNT", std::to_string(count)});
  if (!reply) return std::unexpected(reply.error());
  const auto entries = reply->value();
  for (std::size_t i = entries.size(); i-- > 0;) {
    const auto id = id_in(entries[i][0]);
    if (!id) return std::unexpected(id.error());
    events.push_back(event_in(*id, room, entries[i][1]));
  }
  return events;
}

Result<std::optional<room::Event>> RedisReader::find(std::string_view room, EventId id) {
  const std::string text = to_string(id);
  auto reply = redis_.call({"XRANGE", redis_.keys().room(room), text, text});
  if (!reply) return std::unexpected(reply.error());
  if (reply->value().size() == 0) return std::nullopt;
  return event_in(id, room, reply->value()[0][1]);
}

Result<std::optional<RoomSummary>> RedisReader::find_room(std::string_view room) {
  const std::string exactly = '[' + std::string(room);
  auto found = summaries(exactly, exactly, 1);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

Result<std::vector<RoomSummary>> RedisReader::rooms(std::string_view after, std::size_t count) {
  return summaries(after.empty() ? "-" : '(' + std::string(after), "+", count);
}

// Of the rooms between two bounds, as ZRANGEBYLEX takes them.
Result<std::vector<RoomSummary>> RedisReader::summaries(std::string_view from, std::string_view to,
                                                        std::size_t count) {
  auto reply = redis_.evaluate(redis_scripts().rooms, {redis_.keys().rooms(), redis_.keys().topics()},
                               {redis_.keys().base(), from, to, std::to_string(count)});
  if (!reply) return std::unexpected(reply.error());
  std::vector<RoomSummary> summaries;
  const auto value = reply->value();
  for (std::size_t i = 0; i + 3 < value.size(); i += 4) {
    const auto last = id_in(value[i + 2]);
    if (!last) return std::unexpected(last.error());
    summaries.push_back({.name = std::string(value[i].text()),
                         .messages = static_cast<std::uint64_t>(value[i + 1].integer()),
                         .last = *last,
                         .topic = std::string(value[i + 3].text())});
  }
  return summaries;
}

Result<room::Attendance> RedisReader::attendance(std::string_view room) {
  auto reply = redis_.evaluate(redis_presence_scripts().attendance, {redis_.keys().people(room)},
                               {std::to_string(limits::kPeopleListedMax)});
  if (!reply) return std::unexpected(reply.error());
  const auto count = reply->value()[0].integer();
  const auto fields = reply->value()[1];
  std::map<std::string_view, std::string_view> by_key;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) by_key[fields[i].text()] = fields[i + 1].text();
  room::Attendance attendance{.count = static_cast<std::size_t>(count), .people = {}};
  for (const auto& [key, value] : by_key) {
    if (!key.starts_with('i') && !key.starts_with('n')) continue;
    attendance.people.push_back({.id = std::string(key.starts_with('i') ? key.substr(1) : ""),
                                 .name = std::string(value.substr(value.find(' ') + 1))});
  }
  return attendance;
}

}  // namespace

std::unique_ptr<JournalReader> make_redis_reader(SharedSite site) {
  return std::make_unique<RedisReader>(std::move(site));
}

}  // namespace tinychat::journal
