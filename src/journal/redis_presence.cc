// Who is where, over all nodes. Each node keeps a list of its people in Redis, and a lease. A room's count of
// somebody is the number of nodes that have them; the first and the last of them are told in the log. Signals
// go out by the same connection.

#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/log.h"
#include "journal/redis_scripts.h"
#include "journal/redis_signal.h"
#include "journal/redis_site.h"

namespace tinychat::journal {
namespace {

class RedisPresence final : public SharedPresence {
 public:
  explicit RedisPresence(SharedSite site) : site_(std::move(site)), session_(site_->session("presence")) {}

  void tell(const PresenceNews& news) override;
  std::vector<std::string> rename(const room::Person& user) override;
  void signal(std::span<const SignalText> signals) override;
  bool renew() override;

 private:
  using Place = std::pair<std::string, std::string>;  // room, key of a person

  bool send_join(const Place& place, const std::string& name);
  bool send_leave(const Place& place);
  bool tell_all_again();

  const SharedSite site_;
  const std::string node_key_ = site_->keys.node(site_->node);
  const std::string log_max_ = std::to_string(limits::kRedisLogEventsMax);
  const std::string listed_max_ = std::to_string(limits::kPeopleListedMax);
  redis::Session session_;
  std::map<Place, std::string> here_;  // names
  bool is_told_ = true;                // what Redis has of this node is `here_`
};

void RedisPresence::tell(const PresenceNews& news) {
  const auto& [id, name] = news.person;
  const Place place(news.room, id.empty() ? 'n' + name : 'i' + id);
  const bool joins = news.change == room::PresenceChange::kJoined;
  if (joins) {
    here_.insert_or_assign(place, name);
  } else {
    here_.erase(place);
  }
  if (is_told_) is_told_ = joins ? send_join(place, name) : send_leave(place);
}

// May be done twice: the second time it finds them there already.
bool RedisPresence::send_join(const Place& place, const std::string& name) {
  const auto& [room, key] = place;
  const std::string log = site_->keys.log();
  const std::array<std::string_view, 2> keys{log, node_key_};
  const std::array<std::string_view, 6> arguments{site_->keys.base(), log_max_, listed_max_, room, key, name};
  return session_.evaluate(redis_presence_scripts().join, keys, arguments, redis_deadline()).has_value();
}

// May be done twice: the second time it finds them gone.
bool RedisPresence::send_leave(const Place& place) {
  const auto& [room, key] = place;
  const std::string log = site_->keys.log();
  const std::array<std::string_view, 2> keys{log, node_key_};
  const std::array<std::string_view, 5> arguments{site_->keys.base(), log_max_, listed_max_, room, key};
  return session_.evaluate(redis_presence_scripts().leave, keys, arguments, redis_deadline()).has_value();
}

std::vector<std::string> RedisPresence::rename(const room::Person& user) {
  for (auto& [place, name] : here_) {
    if (place.second == 'i' + user.id) name = user.name;
  }
  const std::string places = site_->keys.places(user.id);
  const std::array<std::string_view, 1> keys{places};
  const std::array<std::string_view, 3> arguments{site_->keys.base(), user.id, user.name};
  auto reply = session_.evaluate(redis_presence_scripts().rename, keys, arguments, redis_deadline());
  std::vector<std::string> rooms;
  if (!reply) return rooms;
  for (std::size_t i = 0; i < reply->value().size(); ++i) rooms.emplace_back(reply->value()[i].text());
  return rooms;
}

void RedisPresence::signal(std::span<const SignalText> signals) {
  auto connection = session_.ready(redis_deadline());
  if (!connection) return;
  const std::string channel = site_->keys.signals();
  redis::Commands commands;
  for (const auto& signal : signals) commands.add({"PUBLISH", channel, signal_payload(signal)});
  auto replies = (*connection)->exchange(commands, redis_deadline());
  if (!replies) return session_.drop(replies.error());
  session_.proved();
  const auto first = replies->front().value();
  if (!first.is_error()) return;
  log(LogLevel::kWarning, "nobody is told who is typing: " + redis::error_of(first.text()).detail);
}

// What Redis has of this node is not what is here: a lease ran out, or something could not be told.
bool RedisPresence::tell_all_again() {
  std::set<Place> there;
  std::string cursor = "0";
  do {
    auto reply = session_.call({"HSCAN", node_key_, cursor, "COUNT", "1000"}, redis_deadline());
    if (!reply) return false;
    cursor = reply->value()[0].text();
    const auto fields = reply->value()[1];
    for (std::size_t i = 0; i < fields.size(); i += 2) {
      const std::string_view field = fields[i].text();
      const auto end = field.find('\0');
      if (end == std::string_view::npos) continue;
      there.emplace(field.substr(0, end), field.substr(end + 1));
    }
  } while (cursor != "0");
  for (const auto& place : there) {
    if (!here_.contains(place) && !send_leave(place)) return false;
  }
  for (const auto& [place, name] : here_) {
    if (!there.contains(place) && !send_join(place, name)) return false;
  }
  return true;
}

bool RedisPresence::renew() {
  const std::string log = site_->keys.log();
  const std::string nodes = site_->keys.nodes();
  const std::string lease = std::to_string(std::chrono::milliseconds(limits::kPresenceLease).count());
  const std::string count = std::to_string(limits::kPresenceSweepMax);
  const std::array<std::string_view, 2> keys{log, nodes};
  const std::array<std::string_view, 6> arguments{site_->keys.base(), log_max_, listed_max_,
                                                  site_->node,        lease,    count};
  auto reply = session_.evaluate(redis_presence_scripts().sweep, keys, arguments, redis_deadline());
  if (!reply) {
    is_told_ = false;
    return false;
  }
  if (reply->value()[0].integer() == 0 && !here_.empty()) is_told_ = false;
  if (!is_told_) is_told_ = tell_all_again();
  return reply->value()[1].integer() != 0;
}

}  // namespace

std::unique_ptr<SharedPresence> make_redis_presence(SharedSite site) {
  return std::make_unique<RedisPresence>(std::move(site));
}

}  // namespace tinychat::journal
