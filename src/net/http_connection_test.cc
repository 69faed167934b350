#include "net/http_connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/limits.h"
#include "net/connection_world.h"

namespace tinychat::net::http_connection_test {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

// --- Requests on one connection ----------------------------------------------------------------

TEST(HttpConnection, AnswersOneRequestAfterTheOther) {
  ConnectionWorld world(echo);
  for (const std::string& target : std::vector<std::string>{"/1", "/2", "/3"}) {
    world.send(get(target));
    const auto answer = world.receive();
    EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK");
    EXPECT_EQ(body_of(answer), "GET " + target + " ");
    EXPECT_FALSE(says_close(answer));
  }
  world.hang_up();
  EXPECT_EQ(world.reason(), CloseReason::kPeerClosed);
}

TEST(HttpConnection, AnswersPipelinedRequestsInTheirOrder) {
  ConnectionWorld world(echo);
  world.send(get("/1") + post("/2", "body") + get("/3"));
  EXPECT_EQ(body_of(world.receive()), "GET /1 ");
  EXPECT_EQ(body_of(world.receive()), "POST /2 body");
  EXPECT_EQ(body_of(world.receive()), "GET /3 ");
}

// However many come at once, each is answered when the one before is done with: the stack stays flat.
TEST(HttpConnection, PipelinedRequestsDoNotNest) {
  int depth = 0;
  int deepest = 0;
  ConnectionWorld world([&](Request&& request, Responder responder) {
    deepest = std::max(deepest, ++depth);
    echo(std::move(request), std::move(responder));
    --depth;
  });
  world.send(get("/1") + get("/2") + get("/3", "Connection: close\r\n"));
  (void)world.receive_to_end();
  world.on_reactor([&] { EXPECT_EQ(deepest, 1); });
}

// The next request is not even looked at before the answer to the one before.
TEST(HttpConnection, KeepsTheOrderWhenAnswersTakeTime) {
  std::optional<Responder> waiting;
  ConnectionWorld world([&](Request&&, Responder responder) { waiting.emplace(std::move(responder)); });
  world.send(get("/1") + get("/2") + get("/3"));
  for (std::size_t i = 1; i <= 3; ++i) {
    while (world.handled().size() < i) std::this_thread::yield();
    EXPECT_EQ(world.handled().size(), i);
    world.on_reactor([&] {
      auto responder = std::move(*waiting);
      waiting.reset();
      responder.respond(text(std::to_string(i)));
    });
    EXPECT_EQ(body_of(world.receive()), std::to_string(i));
  }
}

TEST(HttpConnection, HoweverTheInputIsCutTheAnswersAreTheSame) {
  const std::string input = get("/1") + post("/2", "body") +
                            "POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n0\r\n\r\n" +
                            get("/4", "Connection: close\r\n");
  const Texts wanted = {"GET /1 []", "POST /2 [body]", "POST /3 [abc]", "GET /4 []"};
  std::minstd_rand random(5);
  for (int round = 0; round < 20; ++round) {
    ConnectionWorld world(echo);
    for (std::size_t sent = 0; sent < input.size();) {
      const std::size_t size = round == 0 ? 1 : 1 + random() % 60;
      world.send(std::string_view(input).substr(sent, size));
      if (round < 3) world.wait_until_read();
      sent += size;
    }
    (void)world.receive_to_end();
    EXPECT_EQ(world.handled(), wanted);
  }
}

TEST(HttpConnection, AHeadRequestGetsTheHeadAlone) {
  ConnectionWorld world(echo);
  world.send("HEAD /1 HTTP/1.1\r\nHost: x\r\n\r\n" + get("/2"));
  EXPECT_NE(world.receive(false).find("Content-Length: 8\r\n"), std::string::npos);
  EXPECT_EQ(body_of(world.receive()), "GET /2 ");
}

TEST(HttpConnection, SendsABodyThatLivesAsLongAsTheProgram) {
  static const std::string kLarge(1 << 20, 'x');
  ConnectionWorld world(
      [](Request&&, Responder responder) {
        responder.respond({.status = 200, .headers = {}, .body = "", .static_body = kLarge});
      },
      4096);
  world.send(get("/1") + get("/2"));
  EXPECT_EQ(body_of(world.receive()), kLarge);
  EXPECT_EQ(body_of(world.receive()), kLarge);
}

TEST(HttpConnection, ClosesAfterTheAnswerWhenAskedTo) {
  for (const std::string& request :
       {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    ConnectionWorld world(echo);
    world.send(request + get("/ignored"));
    const auto answer = world.receive_to_end();
    EXPECT_TRUE(says_close(answer));
    EXPECT_EQ(body_of(answer), "GET / ");
    world.hang_up();
    EXPECT_EQ(world.reason(), CloseReason::kAnswered);
    EXPECT_EQ(world.handled().size(), 1U);
  }
}

TEST(HttpConnection, KeepsHttp10AliveWhenAskedTo) {
  ConnectionWorld world(echo);
  world.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(world.receive().find("\r\nConnection: keep-alive\r\n"), std::string::npos);
  world.send("GET /2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(world.receive_to_end()), "GET /2 ");
}

// --- Answers that are held -----------------------------------------------------------------------

TEST(HttpConnection, AHeldAnswerIsWrittenBySomebodyElse) {
  ConnectionWorld world(echo);
  world.hold_answers();
  world.send(get("/1") + get("/2"));
  for (const std::string target : {"/1", "/2"}) {
    world.send_held([&](HttpConnection& connection) {
      Send write = connection.first_write();
      EXPECT_EQ(body_of(std::string(write.bytes)), "GET " + target + " ");
      connection.has_written(write_some(write.fd, write.bytes));
    });
    EXPECT_EQ(body_of(world.receive()), "GET " + target + " ");
  }
}

TEST(HttpConnection, WhatWasNotTakenOfAHeldAnswerFollows) {
  ConnectionWorld world(echo);
  world.hold_answers();
  for (const std::size_t taken : {0U, 1U, 30U}) {
    world.send(get("/some"));
    world.send_held([&](HttpConnection& connection) {
      const Send write = connection.first_write();
      const IoResult sent = write_some(write.fd, write.bytes.substr(0, taken));
      connection.has_written(taken > 0 ? sent : IoResult{IoStatus::kWouldBlock, 0});
    });
    EXPECT_EQ(body_of(world.receive()), "GET /some ") << taken;
  }
}

TEST(HttpConnection, AHeldAnswerThatNobodyTakesEndsTheConnection) {
  ConnectionWorld world(echo);
  world.hold_answers();
  world.send(get("/1"));
  world.send_held([](HttpConnection& connection) {
    connection.has_written({IoStatus::kFailed, 0});
    // It is over, whatever is said of it.
    EXPECT_EQ(connection.first_write().fd, -1);
    connection.has_written({IoStatus::kDone, 1});
  });
  EXPECT_EQ(world.reason(), CloseReason::kPeerFailed);
}

// --- 100-continue ------------------------------------------------------------------------------

TEST(HttpConnection, TellsTheClientToGoOn) {
  ConnectionWorld world(echo);
  const std::string request = post("/1", "body", "Expect: 100-continue\r\n");
  world.send(request.substr(0, request.size() - 4));
  EXPECT_EQ(world.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  world.send("bo");
  world.wait_until_read();
  world.send("dy");
  const auto answer = world.receive();
  EXPECT_EQ(status_of(answer), "HTTP/1.1 200 OK") << "once is enough";
  EXPECT_EQ(body_of(answer), "POST /1 body");
}

TEST(HttpConnection, TellsNobodyToGoOnWhoHasGoneOn) {
  ConnectionWorld world(echo);
  world.send(post("/1", "body", "Expect: 100-continue\r\n") + post("/2", "", "Expect: 100-continue\r\n"));
  EXPECT_EQ(body_of(world.receive()), "POST /1 body");
  EXPECT_EQ(body_of(world.receive()), "POST /2 ");
}

TEST(HttpConnection, TellsNobodyToGoOnWithABodyThatIsTooLarge) {
  ConnectionWorld world(echo);
  world.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(world.receive_to_end()), "HTTP/1.1 413 Content Too Large");
}

// --- Refusing ----------------------------------------------------------------------------------

TEST(HttpConnection, RefusesWhatIsNoRequestAndCloses) {
  struct Case {
    std::string input;
    std::string status;
  };
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(limits::kHeadBytesMax, 'x'), "431"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", "417"},
      {"GET / HTTP/2.5\r\nHost: x\r\n\r\n", "505"},
  };
  for (const auto& one : cases) {
    ConnectionWorld world(echo);
    world.send(get("/fine") + one.input + get("/ignored"));
    EXPECT_EQ(body_of(world.receive()), "GET /fine ");
    const auto answer = world.receive_to_end();
    EXPECT_EQ(status_of(answer).substr(9, 3), one.status) << answer;
    EXPECT_TRUE(says_close(answer));
    EXPECT_EQ(body_of(answer), "refused");
    world.hang_up();
    EXPECT_EQ(world.reason(), CloseReason::kRefused);
    EXPECT_EQ(world.handled(), Texts{"GET /fine []"});
  }
}

TEST(HttpConnection, ReadsOnForAWhileAfterARefusalSoThatItIsSeen) {
  ConnectionWorld world(echo);
  world.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_EQ(status_of(world.receive_to_end()).substr(9, 3), "413");
  world.send(std::string(100'000, 'x'));
  world.wait_until_read();
  world.advance(limits::kLingerTimeout - 1ms);
  world.send("more");
  world.wait_until_read();
  world.advance(1ms);
  EXPECT_EQ(world.reason(), CloseReason::kRefused);
}

TEST(HttpConnection, DoesNotReadOnForEver) {
  ConnectionWorld world(echo);
  world.send("nonsense\r\n\r\n");
  EXPECT_EQ(status_of(world.receive_to_end()).substr(9, 3), "400");
  // Its end may come while the rest is still being sent.
  const std::string input(limits::kLingerBytesMax, 'x');
  world.send(input);
  EXPECT_EQ(world.reason(), CloseReason::kRefused);
}

}  // namespace tinychat::net::http_connection_test
