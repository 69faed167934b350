// Who is where, over all nodes. Each node keeps a list of its people in Redis, and a lease. A room's count of
// a name is the number of nodes that have it; the first and the last of them are told in the log.

#include <array>
#include <set>
#include <utility>

#include "base/log.h"
#include "journal/redis_scripts.h"
#include "journal/redis_site.h"

namespace tinychat::journal {
namespace {

class RedisPresence final : public SharedPresence {
 public:
  explicit RedisPresence(SharedSite site) : site_(std::move(site)), session_(site_->session("presence")) {}

  void tell(const PresenceNews& news) override;
  bool renew() override;

 private:
  using Person = std::pair<std::string, std::string>;  // room, name

  bool send(room::PresenceChange change, const Person& person);
  bool tell_all_again();

  const SharedSite site_;
  redis::Session session_;
  std::set<Person> here_;
  bool is_told_ = true;  // what Redis has of this node is `here_`
};

void RedisPresence::tell(const PresenceNews& news) {
  Person person(news.room, news.name);
  const bool joins = news.change == room::PresenceChange::kJoined;
  if (joins) {
    here_.insert(person);
  } else {
    here_.erase(person);
  }
  if (is_told_ && !send(news.change, person)) is_told_ = false;
}

bool RedisPresence::send(room::PresenceChange change, const Person& person) {
  const auto& [room, name] = person;
  const std::string log = site_->keys.log();
  const std::string people = site_->keys.people(room);
  const std::string node = site_->keys.node(site_->node);
  const std::string log_max = std::to_string(limits::kRedisLogEventsMax);
  const std::array<std::string_view, 3> keys{log, people, node};
  const std::array<std::string_view, 4> arguments{change == room::PresenceChange::kJoined ? "j" : "l", room,
                                                  name, log_max};
  // May be done twice: the second time it finds the name there, or gone.
  return session_.evaluate(redis_scripts().presence, keys, arguments, redis_deadline()).has_value();
}

// What Redis has of this node is not what is here: a lease ran out, or something could not be told.
bool RedisPresence::tell_all_again() {
  const std::string node = site_->keys.node(site_->node);
  std::set<Person> there;
  std::string cursor = "0";
  do {
    auto reply = session_.call({"HSCAN", node, cursor, "COUNT", "1000"}, redis_deadline());
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
  for (const auto& person : there) {
    if (!here_.contains(person) && !send(room::PresenceChange::kLeft, person)) return false;
  }
  for (const auto& person : here_) {
    if (!there.contains(person) && !send(room::PresenceChange::kJoined, person)) return false;
  }
  return true;
}

bool RedisPresence::renew() {
  const std::string log = site_->keys.log();
  const std::string nodes = site_->keys.nodes();
  const std::string lease = std::to_string(std::chrono::milliseconds(limits::kPresenceLease).count());
  const std::string log_max = std::to_string(limits::kRedisLogEventsMax);
  const std::string count = std::to_string(limits::kPresenceSweepMax);
  const std::array<std::string_view, 2> keys{log, nodes};
  const std::array<std::string_view, 5> arguments{site_->keys.base(), site_->node, lease, log_max, count};
  auto reply = session_.evaluate(redis_scripts().sweep, keys, arguments, redis_deadline());
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
