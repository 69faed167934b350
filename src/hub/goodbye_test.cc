// How streams are sent away, and what they are told.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "hub/stream_set.h"
#include "hub/stream_world.h"
#include "wire/host_set.h"

namespace tinychat::hub::goodbye_test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Names = std::vector<std::string>;
using net::CloseReason;

milliseconds retry_in(const std::string& bytes) {
  std::smatch parts;
  EXPECT_TRUE(std::regex_search(bytes, parts, std::regex("retry: (\\d+)\n"))) << bytes;
  return milliseconds(parts.empty() ? 0 : std::stoi(parts[1]));
}

TEST(Goodbye, SaysByeAndWhenToComeBack) {
  StreamWorld world;
  auto mason = following({"tea"});
  mason.name = "mason";
  const int chunked = world.attach_live(std::move(mason));
  const int plain = world.attach_live(following({"tea", "coffee"}), false);
  world.streams.send_away(1, 0ms);
  const std::string bye = world.read(plain);
  EXPECT_TRUE(bye.starts_with("retry: "));
  EXPECT_TRUE(bye.ends_with("\nevent: bye\ndata: {\"reason\":\"stopping\"}\n\n")) << bye;
  const std::string chunks = world.read(chunked);
  EXPECT_EQ(story(chunks), Names{"bye"});
  EXPECT_EQ(chunks.find("0\r\n\r\n"), std::string::npos) << "a final chunk would say: do not come back";
  EXPECT_FALSE(world.is_open(chunked));
  EXPECT_FALSE(world.is_open(plain));
  EXPECT_EQ(world.counters.count(CloseReason::kStopping), 2U);
  EXPECT_EQ(world.presence.back().kind, PresenceCommand::Kind::kLeaveSoon);
  EXPECT_EQ(world.count.get(), 0U);
}

// A session is its user's, and one of many.
TEST(Goodbye, EndsTheStreamsOfASession) {
  StreamWorld world;
  const auto held = [](const char* holder) {
    auto request = following({"tea"});
    request.holder = holder;
    return request;
  };
  const int first = world.attach_live(held("user:u1/s1"));
  const int second = world.attach_live(held("user:u1/s2"));
  const int like_it = world.attach_live(held("user:u10/s1"));
  world.streams.end_streams_of(Names{"user:u1/s1"});
  EXPECT_FALSE(world.is_open(first));
  EXPECT_TRUE(world.is_open(second));
  world.streams.end_streams_of(Names{"user:u1"});
  EXPECT_FALSE(world.is_open(second));
  EXPECT_TRUE(world.is_open(like_it));
}

// Whoever lost the right to it, and nobody else; it ends for good.
TEST(Goodbye, EndsTheStreamsOfWhoLostTheRight) {
  StreamWorld world;
  const auto held = [](const char* holder, std::vector<std::string> rooms = {"tea"}) {
    auto request = following(std::move(rooms));
    request.holder = holder;
    return request;
  };
  const int mine = world.attach_live(held("token:t1"));
  const int many = world.attach_live(held("token:t1", {"tea", "coffee"}), false);
  const int other = world.attach_live(held("token:t2"));
  const int free = world.attach_live(following({"tea"}));
  const int cut = world.attach_live(held("token:t1"));
  world.transport.socket(cut).capacity = 5;
  world.publish({{"tea", "a"}});
  (void)world.read(mine);
  (void)world.read(many);
  const Names revoked{"user:t1", "token:t1"};
  world.streams.end_streams_of(revoked);
  const std::string bye = "event: bye\ndata: {\"reason\":\"revoked\"}\n\n";
  EXPECT_EQ(world.read(many), bye);
  const std::string chunks = world.read(mine);
  EXPECT_EQ(story(chunks), Names{"bye"});
  EXPECT_TRUE(chunks.ends_with("\r\n0\r\n\r\n")) << chunks;
  EXPECT_EQ(world.read(cut).size(), 5U) << "nothing goes into the middle of a frame";
  for (const int fd : {mine, many, cut}) EXPECT_FALSE(world.is_open(fd));
  for (const int fd : {other, free}) EXPECT_TRUE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(CloseReason::kRevoked), 3U);
  world.streams.end_streams_of(revoked);
  EXPECT_EQ(world.count.get(), 2U);
}

// Whoever was sent out of a room, and only what they follow it with.
TEST(Goodbye, EndsTheStreamsOfARoomForWhoLostTheRightToIt) {
  StreamWorld world;
  const auto held = [](const char* holder, std::vector<std::string> rooms) {
    auto request = following(std::move(rooms));
    request.holder = holder;
    return request;
  };
  const int mine = world.attach_live(held("user:u1", {"~secret"}));
  const int many = world.attach_live(held("user:u1", {"tea", "~secret"}), false);
  const int elsewhere = world.attach_live(held("user:u1", {"tea", "coffee"}));
  const int alone = world.attach_live(held("user:u1", {"tea"}));
  const int other = world.attach_live(held("user:u2", {"~secret"}));
  world.streams.end_streams_of(Names{"user:u1 ~secret", "user:u2 ~another", "user:u"});
  for (const int fd : {mine, many}) EXPECT_FALSE(world.is_open(fd));
  for (const int fd : {elsewhere, alone, other}) EXPECT_TRUE(world.is_open(fd));
  EXPECT_EQ(world.read(many), "event: bye\ndata: {\"reason\":\"revoked\"}\n\n");
}

TEST(Goodbye, EndsTheStreamsOfHostsThatAreRefused) {
  StreamWorld world;
  KeyedCount connections;
  const auto attach_from = [&](const char* address) {
    const int fd = world.transport.open(kAmple);
    const std::uint64_t host = wire::host_key(*wire::parse_ip_address(address));
    world.streams.attach(
        {.fd = UniqueFd(fd), .head = {}, .is_chunked = false, .place = *connections.try_take(host).place},
        following({"tea"}));
    world.settle();
    (void)world.read(fd);
    return fd;
  };
  const int blocked = attach_from("203.0.113.7");
  const int other = attach_from("203.0.114.7");
  const int own = world.attach_live(following({"tea"}));
  world.streams.end_streams_from(wire::HostSet());
  EXPECT_TRUE(world.is_open(blocked));
  const std::vector subnets{*wire::parse_subnet("203.0.113.0/24")};
  world.streams.end_streams_from(wire::HostSet(subnets));
  EXPECT_FALSE(world.is_open(blocked));
  EXPECT_EQ(world.read(blocked), "event: bye\ndata: {\"reason\":\"revoked\"}\n\n");
  for (const int fd : {other, own}) EXPECT_TRUE(world.is_open(fd));
}

TEST(Goodbye, EndsStreamsWhoseRightHasExpired) {
  StreamWorld world;
  auto request = following({"tea"});
  request.holder = "token:t1";
  request.expires_milliseconds = world.clock.utc_milliseconds() + 10;
  const int fd = world.attach_live(std::move(request));
  world.streams.on_second();
  EXPECT_TRUE(world.is_open(fd));
  world.clock.set_utc_milliseconds(world.clock.utc_milliseconds() + 10);
  world.streams.on_second();
  EXPECT_FALSE(world.is_open(fd));
  EXPECT_EQ(world.counters.count(CloseReason::kRevoked), 1U);
}

TEST(Goodbye, PutsNothingIntoTheMiddleOfAFrame) {
  StreamWorld world;
  const int fd = world.attach_live(following({"tea"}));
  world.transport.socket(fd).capacity = 5;
  world.publish({{"tea", "a"}});
  world.transport.socket(fd).capacity = kAmple;
  world.streams.send_away(1, 0ms);
  EXPECT_EQ(world.read(fd).size(), 5U);
  EXPECT_FALSE(world.is_open(fd));
}

TEST(Goodbye, SendsAwayByAndByWhileTheOthersGoOn) {
  StreamWorld world;
  std::vector<int> fds;
  for (int i = 0; i < 10; ++i) fds.push_back(world.attach_live(following({"tea"})));
  world.say(fds[3], {.is_hung_up = true});
  const auto open = [&] { return std::ranges::count_if(fds, [&](int fd) { return world.is_open(fd); }); };
  world.streams.send_away(0, 10s);
  EXPECT_EQ(open(), 9);
  world.streams.send_away(0.01, 9900ms);
  EXPECT_EQ(open(), 8) << "there is no share so small that nobody is in it";
  world.streams.send_away(0.5, 5s);
  EXPECT_EQ(open(), 4) << "of nine, as there were, five are gone";
  world.publish({{"tea", "a"}});
  EXPECT_EQ(story(world.read(fds[9])).size(), 1U);
  world.streams.send_away(2, 0s);
  EXPECT_EQ(open(), 0);
  EXPECT_EQ(world.counters.count(CloseReason::kStopping), 9U);
}

TEST(Goodbye, PlacesThatAreFreeHaveNoShareOfTheWindow) {
  StreamWorld world;
  std::vector<int> fds;
  for (int i = 0; i < 100; ++i) fds.push_back(world.attach_live(following({"tea"})));
  for (std::size_t i = 0; i < 90; ++i) world.say(fds[i], {.is_hung_up = true});
  world.streams.send_away(0, 10s);
  const auto open = [&] { return std::ranges::count_if(fds, [&](int fd) { return world.is_open(fd); }); };
  for (int tenth = 1; tenth <= 10; ++tenth) {
    world.streams.send_away(tenth / 10.0, 1s * (10 - tenth));
    EXPECT_EQ(open(), 10 - tenth);
  }
}

TEST(Goodbye, NobodyIsToldToComeBackBeforeTheServerDoes) {
  StreamWorld world;
  std::set<milliseconds> retries;
  std::vector<int> fds;
  for (int i = 0; i < 20; ++i) fds.push_back(world.attach_live(following({"tea"}), false));
  world.streams.send_away(1, 10s);
  for (const int fd : fds) retries.insert(retry_in(world.read(fd)));
  EXPECT_GE(*retries.begin(), 10s + limits::kGoodbyeRetryMin);
  EXPECT_LE(*retries.rbegin(), 10s + limits::kGoodbyeRetryMax);
  EXPECT_GT(retries.size(), 10U) << "they are to come back at different times";
}

milliseconds retry_of_one_turned_away(StreamWorld& world) {
  const int fd = world.transport.open(kAmple);
  world.streams.turn_away({.fd = UniqueFd(fd), .head = "HEAD\r\n\r\n", .is_chunked = false});
  EXPECT_FALSE(world.is_open(fd));
  return retry_in(world.read(fd));
}

TEST(Goodbye, WhoComesTooLateIsNotToldThatTheServerIsFull) {
  StreamWorld world;
  EXPECT_GE(retry_of_one_turned_away(world), limits::kOverloadRetryMin);
  world.streams.send_away(0, 2s);
  for (int i = 0; i < 20; ++i) {
    const auto retry = retry_of_one_turned_away(world);
    EXPECT_GE(retry, 2s + limits::kGoodbyeRetryMin);
    EXPECT_LE(retry, 2s + limits::kGoodbyeRetryMax);
  }
  EXPECT_EQ(world.counters.count(CloseReason::kTurnedAway), 21U);
}

}  // namespace tinychat::hub::goodbye_test
