// How connections end: too slow, abandoned, stopped, or as streams.

#include <gtest/gtest.h>

#include <optional>

#include "base/limits.h"
#include "net/connection_world.h"

namespace tinychat::net::http_connection_end_test {

using namespace std::chrono_literals;

// --- Time --------------------------------------------------------------------------------------

TEST(HttpConnection, AnIdleConnectionIsClosed) {
  ConnectionWorld world(echo);
  world.advance(limits::kKeepAliveTimeout - 1ms);
  world.send(get("/"));
  (void)world.receive();
  world.advance(limits::kKeepAliveTimeout - 1ms);
  world.advance(1ms);
  EXPECT_EQ(world.receive_to_end(), "");
  EXPECT_EQ(world.reason(), CloseReason::kIdle);
}

TEST(HttpConnection, AHeadMustComeInTime) {
  ConnectionWorld world(echo);
  world.send("GET / HT");
  world.wait_until_read();
  world.advance(limits::kHeadTimeout - 1ms);
  world.send("TP/1.1\r\n");
  world.wait_until_read();
  world.advance(1ms);
  const auto answer = world.receive_to_end();
  EXPECT_EQ(status_of(answer), "HTTP/1.1 408 Request Timeout") << "a byte now and then does not help";
  EXPECT_TRUE(says_close(answer));
  world.hang_up();
  EXPECT_EQ(world.reason(), CloseReason::kHeadTimeout);
}

TEST(HttpConnection, ABodyMustGoOn) {
  ConnectionWorld world(echo);
  const std::string request = post("/", "body");
  world.send(request.substr(0, request.size() - 3));
  world.wait_until_read();
  world.advance(limits::kBodyIdleTimeout - 1ms);
  world.send("o");
  world.wait_until_read();
  world.advance(limits::kBodyIdleTimeout - 1ms);
  EXPECT_FALSE(world.was_handed_over());
  world.advance(1ms);
  EXPECT_EQ(status_of(world.receive_to_end()), "HTTP/1.1 408 Request Timeout");
  world.hang_up();
  EXPECT_EQ(world.reason(), CloseReason::kBodyTimeout);
}

TEST(HttpConnection, ABodyMustEnd) {
  ConnectionWorld world(echo);
  world.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  world.wait_until_read();
  for (auto time = 0ms; time + 9s < limits::kBodyTimeout; time += 9s) {
    world.advance(9s);
    world.send("x");
    world.wait_until_read();
  }
  world.advance(9s);
  EXPECT_EQ(status_of(world.receive_to_end()), "HTTP/1.1 408 Request Timeout");
  world.hang_up();
  EXPECT_EQ(world.reason(), CloseReason::kBodyTimeout);
}

TEST(HttpConnection, AHandlerHasAllTheTimeItWants) {
  std::optional<Responder> waiting;
  ConnectionWorld world([&](Request&&, Responder responder) { waiting.emplace(std::move(responder)); });
  world.send(get("/"));
  while (world.handled().empty()) std::this_thread::yield();
  world.advance(1h);
  world.on_reactor([&] {
    waiting->respond(text("late"));
    waiting.reset();
  });
  EXPECT_EQ(body_of(world.receive()), "late");
}

TEST(HttpConnection, AnAnswerThatIsNotTakenEndsTheConnection) {
  ConnectionWorld world(
      [](Request&&, Responder responder) { responder.respond(text(std::string(1 << 20, 'x'))); }, 4096);
  world.send(get("/"));
  while (world.handled().empty()) std::this_thread::yield();
  world.advance(limits::kResponseStallTimeout - 1ms);
  world.advance(1ms);
  EXPECT_EQ(world.reason(), CloseReason::kResponseStall);
}

// --- Ways to end -------------------------------------------------------------------------------

TEST(HttpConnection, ARequestThatNobodyAnswersClosesIt) {
  ConnectionWorld world([](Request&&, const Responder&) {});
  world.send(get("/1") + get("/2"));
  EXPECT_EQ(world.receive_to_end(), "");
  EXPECT_EQ(world.reason(), CloseReason::kAbandoned);
  EXPECT_EQ(world.handled().size(), 1U);
}

TEST(HttpConnection, AnAnswerForAPeerThatHasGoneGoesNowhere) {
  std::optional<Responder> waiting;
  ConnectionWorld world([&](Request&&, Responder responder) { waiting.emplace(std::move(responder)); });
  world.send(get("/"));
  while (world.handled().empty()) std::this_thread::yield();
  world.hang_up();
  world.on_reactor([&] {
    waiting->respond(text(std::string(1 << 20, 'x')));
    waiting.reset();
  });
  EXPECT_EQ(world.reason(), CloseReason::kPeerFailed);
}

TEST(HttpConnection, APeerThatGoesInTheMiddleOfARequestIsForgotten) {
  ConnectionWorld world(echo);
  world.send("GET / HT");
  world.hang_up();
  EXPECT_EQ(world.reason(), CloseReason::kPeerClosed);
}

TEST(HttpConnection, WhenTheServerStopsTheAnswerIsTheLast) {
  std::optional<Responder> waiting;
  ConnectionWorld world([&](Request&&, Responder responder) { waiting.emplace(std::move(responder)); });
  world.send(get("/1") + get("/2"));
  while (world.handled().empty()) std::this_thread::yield();
  world.stop_server();
  world.on_reactor([&] { world.connection().close_if_idle(); });
  world.on_reactor([&] {
    auto responder = std::move(*waiting);
    waiting.reset();
    responder.respond(text("bye"));
  });
  const auto answer = world.receive_to_end();
  EXPECT_TRUE(says_close(answer));
  EXPECT_EQ(body_of(answer), "bye");
  EXPECT_EQ(world.handled().size(), 1U);
}

TEST(HttpConnection, WhenTheServerStopsAnIdleConnectionEnds) {
  ConnectionWorld world(echo);
  world.send(get("/1"));
  EXPECT_EQ(body_of(world.receive()), "GET /1 ");
  world.stop_server();
  world.on_reactor([&] { world.connection().close_if_idle(); });
  EXPECT_EQ(world.receive_to_end(), "");
  EXPECT_EQ(world.reason(), CloseReason::kStopping);
}

TEST(HttpConnection, WhenTheServerStopsANewConnectionHasAMomentForItsRequest) {
  ConnectionWorld world(echo);
  world.stop_server();
  world.on_reactor([&] { world.connection().close_if_idle(); });
  world.send(get("/1"));
  EXPECT_EQ(body_of(world.receive_to_end()), "GET /1 ");

  ConnectionWorld silent(echo);
  silent.stop_server();
  silent.advance(limits::kFirstRequestGrace);
  silent.on_reactor([&] { silent.connection().close_if_idle(); });
  EXPECT_EQ(silent.receive_to_end(), "");
  EXPECT_EQ(silent.reason(), CloseReason::kStopping);
}

// --- Streams -----------------------------------------------------------------------------------

TEST(HttpConnection, HandsItsSocketOver) {
  for (const bool is_1_1 : {true, false}) {
    std::optional<StreamSocket> socket;
    ConnectionWorld world([&](Request&& request, Responder responder) {
      if (request.target == "/stream") {
        socket.emplace(
            responder.hand_over({.status = 200, .headers = {{"X", "y"}}, .body = "", .static_body = {}}));
      } else {
        echo(std::move(request), std::move(responder));
      }
    });
    world.send(get("/1") + (is_1_1 ? get("/stream") : std::string("GET /stream HTTP/1.0\r\n\r\n")));
    EXPECT_EQ(body_of(world.receive()), "GET /1 ");
    EXPECT_EQ(world.reason(), std::nullopt);
    ASSERT_TRUE(world.was_handed_over());
    world.on_reactor([&] {
      ASSERT_TRUE(socket);
      EXPECT_EQ(socket->is_chunked, is_1_1);
      EXPECT_EQ(socket->head.find("Transfer-Encoding: chunked\r\n") != std::string::npos, is_1_1);
      EXPECT_TRUE(says_close(socket->head)) << "it ends with the stream";
      EXPECT_NE(socket->head.find("X: y\r\n"), std::string::npos);
      EXPECT_EQ(::send(socket->fd.get(), "hello", 5, MSG_NOSIGNAL), 5);
    });
    // The connection reads no more: what comes is for the new owner.
    world.send("more");
    world.on_reactor([&] {
      char buffer[10];
      EXPECT_EQ(::recv(socket->fd.get(), buffer, sizeof buffer, 0), 4);
      socket.reset();
    });
    EXPECT_EQ(world.receive_to_end(), "hello");
  }
}

}  // namespace tinychat::net::http_connection_end_test
