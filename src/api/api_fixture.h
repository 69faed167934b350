// For tests: the API over a shard that is a journal in memory and answers at once.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/api_handler.h"
#include "api/settings.h"
#include "base/event_id.h"
#include "base/secret.h"
#include "hub/shard_port.h"
#include "journal/memory_journal.h"
#include "journal/memory_people.h"
#include "net/http.h"
#include "room/rights.h"
#include "wire/host_set.h"

namespace tinychat::api {

// 2023-11-14T22:13:20Z
inline constexpr std::uint64_t kTestMilliseconds = 1'700'000'000'000;

class FakePort final : public hub::ShardPort {
 public:
  void publish(hub::PublishRequest&& request, PublishDone&& done) override {
    if (publish_error) return done(std::unexpected(*publish_error));
    published.push_back(request);
    if (!request.idempotency_key.empty()) {
      auto found = journal->find_by_key(request.room, request.idempotency_key).value();
      if (found) return done(hub::Published{*found, true});
    }
    done(hub::Published{append(request), false});
  }

  bool ask_journal(JournalQuestion&& question) override {
    if (queue_is_full) {
      // Dropped, with all it holds.
      const auto dropped = std::move(question);
      return false;
    }
    question (*reader)();
    return true;
  }

  bool ask_people(PeopleQuestion&& question) override {
    if (people_queue_is_full) {
      const auto dropped = std::move(question);
      return false;
    }
    question (*people)();
    return true;
  }

  void tell(hub::Signal&& signal) override {
    if (auto* renamed = std::get_if<hub::RenamedSignal>(&signal)) {
      presence.rename(renamed->user.id, renamed->user.name);
    }
    signals.push_back(std::move(signal));
  }
  bool is_locked(std::string_view room) const override { return locked_rooms.contains(std::string(room)); }
  bool ask_attendance(std::string room, AttendanceDone&& done) override {
    if (queue_is_full) {
      const auto dropped = std::move(done);
      return false;
    }
    done(presence.attendance(room, limits::kPeopleListedMax));
    return true;
  }

  bool erase(std::string author, EraseDone&& done) override {
    if (queue_is_full) {
      const auto dropped = std::move(done);
      return false;
    }
    auto erased = journal->erase(author, {});
    done(erased ? Result<std::uint64_t>(erased->events) : std::unexpected(erased.error()));
    return true;
  }
  bool is_blocked(const wire::IpAddress& address) const override {
    return blocked.contains(wire::host_key(address));
  }

  [[nodiscard]] bool has_room_for_stream() const override { return has_room; }
  void attach(net::StreamSocket&& socket, hub::StreamRequest&& request) override {
    heads.push_back(std::move(socket.head));
    attached.push_back(std::move(request));
  }
  void turn_away(net::StreamSocket&& socket) override { turned_away.push_back(std::move(socket.head)); }

  room::Event append(const std::string& room, const std::string& sender, const std::string& text,
                     const std::string& key = {}) {
    return append({.room = room, .sender = sender, .text = text, .idempotency_key = key});
  }
  room::Event append(const hub::PublishRequest& request) {
    room::Event event;
    event.id = ids.next(kTestMilliseconds);
    event.kind = request.kind;
    event.room = request.room;
    event.sender = request.sender;
    event.text = request.text;
    event.idempotency_key = request.idempotency_key;
    event.author = request.author;
    EXPECT_TRUE(journal->append(std::span(&event, 1)));
    return event;
  }

  std::unique_ptr<journal::EmbeddedJournal> journal =
      journal::make_memory_journal({kTestMilliseconds - 1, 0}, journal::Retention{});
  std::unique_ptr<journal::JournalReader> reader = journal->open_reader().value();
  std::unique_ptr<journal::People> people = journal::make_memory_people();
  EventIdSource ids{{kTestMilliseconds - 1, 0}};

  std::optional<Error> publish_error;
  bool queue_is_full = false;
  bool people_queue_is_full = false;
  room::Presence presence;
  std::vector<hub::Signal> signals;
  std::set<std::string> locked_rooms;
  bool has_room = true;
  wire::HostSet blocked;
  std::vector<hub::PublishRequest> published;
  std::vector<hub::StreamRequest> attached;
  std::vector<std::string> heads;
  std::vector<std::string> turned_away;
};

// What became of one request.
struct Answer {
  int answers = 0;
  bool is_stream = false;
  bool is_abandoned = false;
  net::Response response;

  [[nodiscard]] int status() const { return response.status; }
  // All values of this name, as a recipient joins them.
  [[nodiscard]] std::string header(std::string_view name) const {
    std::string joined;
    for (const auto& field : response.headers) {
      if (field.name == name) joined += (joined.empty() ? "" : ", ") + field.value;
    }
    return joined;
  }
  [[nodiscard]] std::string_view body() const {
    return response.body.empty() ? response.static_body : std::string_view(response.body);
  }
  [[nodiscard]] bool body_has(std::string_view part) const { return body().contains(part); }
};

class FakeTarget final : public net::Responder::Target {
 public:
  explicit FakeTarget(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  void respond(net::Response&& response) override {
    ++answer_->answers;
    answer_->response = std::move(response);
  }
  net::StreamSocket hand_over(net::Response&& head) override {
    ++answer_->answers;
    answer_->is_stream = true;
    answer_->response = std::move(head);
    net::StreamSocket socket;
    socket.fd = UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    socket.head = "the head";
    return socket;
  }
  void abandon() override { answer_->is_abandoned = true; }

 private:
  std::shared_ptr<Answer> answer_;
};

class ApiFixture : public testing::Test {
 protected:
  Answer send(std::string method, std::string target, wire::Fields headers = {}, std::string body = {}) {
    net::Request request{std::move(method), std::move(target), std::move(headers), std::move(body)};
    auto answer = std::make_shared<Answer>();
    handler_.handle(std::move(request), net::Responder(std::make_shared<FakeTarget>(answer)));
    EXPECT_EQ(answer->answers, 1);
    EXPECT_FALSE(answer->is_abandoned);
    EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
    return *answer;
  }
  Answer get(std::string target, wire::Fields headers = {}) {
    return send("GET", std::move(target), std::move(headers));
  }
  Answer post_json(std::string target, std::string json, wire::Fields headers = {}) {
    headers.push_back({"content-type", "application/json"});
    return send("POST", std::move(target), std::move(headers), std::move(json));
  }
  Answer post_form(std::string target, std::string form, wire::Fields headers = {}) {
    headers.push_back({"content-type", "application/x-www-form-urlencoded; charset=UTF-8"});
    return send("POST", std::move(target), std::move(headers), std::move(form));
  }

  // The Cookie field of a new guest.
  wire::Field become(const std::string& name) {
    const auto answer = post_json("/api/v1/me", R"({"name":")" + name + R"("})");
    EXPECT_EQ(answer.status(), 201) << answer.body();
    const auto cookie = answer.header("Set-Cookie");
    return {"cookie", cookie.substr(0, cookie.find(';'))};
  }
  // The Cookie field of a new user of this role, whose name and id are one.
  wire::Field enter(const std::string& name, room::Role role = room::Role::kMember) {
    const auto now = kTestMilliseconds;
    EXPECT_TRUE(port_.people->add(
        {.id = name, .name = name, .created_milliseconds = now, .role = role},
        {.id = "s " + name, .created_milliseconds = now, .seen_milliseconds = now, .user_agent = {}},
        token_hash(name)));
    return {"cookie", "tinychat=" + name};
  }
  // The text of a member of an answer in JSON.
  static std::string text_in(const Answer& answer, std::string_view name) {
    const std::string key = '"' + std::string(name) + R"(":")";
    const auto begin = answer.body().find(key);
    if (begin == std::string_view::npos) return {};
    const auto rest = answer.body().substr(begin + key.size());
    return std::string(rest.substr(0, rest.find('"')));
  }

  void expect_problem(const Answer& answer, int status) {
    EXPECT_EQ(answer.status(), status) << answer.body();
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_TRUE(answer.body_has(R"("status":)" + std::to_string(status))) << answer.body();
  }

  ManualClock clock_;
  Settings settings_{.allowed_origins = {}, .text_bytes_max = 100, .version = "1.2.3", .clock = &clock_};
  FakePort port_;
  ApiHandler handler_{port_, settings_};
};

}  // namespace tinychat::api
