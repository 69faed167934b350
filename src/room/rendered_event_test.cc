#include "room/rendered_event.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace tinychat::room::rendered_event_test {

// 2013-02-20T00:24:54.005Z
constexpr EventId kId{1'361'319'894'005, 3};

Event message(std::string sender, std::string text) {
  return {.id = kId,
          .kind = EventKind::kMessage,
          .room = "tea/five",
          .sender = std::move(sender),
          .text = std::move(text),
          .idempotency_key = "secret"};
}

TEST(RenderedEvent, LegacyIsADefaultEventWithSenderAndMessageFirst) {
  EXPECT_EQ(render(message("mason", "hi"), Dialect::kLegacy).plain(),
            "id: 1361319894005-3\n"
            "data: {\"sender\":\"mason\",\"message\":\"hi\",\"time\":\"2013-02-20T00:24:54.005Z\"}\n\n");
}

TEST(RenderedEvent, LegacyIsHarmlessInsideHtml) {
  EXPECT_EQ(render(message("<b>&'", "\"/\\\n"), Dialect::kLegacy).plain(),
            "id: 1361319894005-3\n"
            "data: {\"sender\":\"&lt;b&gt;&amp;&#x27;\",\"message\":\"&quot;&#x2F;\\\\\\n\","
            "\"time\":\"2013-02-20T00:24:54.005Z\"}\n\n");
}

TEST(RenderedEvent, V1IsAMessageEventWithTheTextAsItWas) {
  EXPECT_EQ(render(message("<b>", "a & \"b\"\r\n/"), Dialect::kV1).plain(),
            "id: 1361319894005-3\n"
            "event: message\n"
            "data: {\"id\":\"1361319894005-3\",\"room\":\"tea/five\",\"sender\":\"<b>\","
            "\"text\":\"a & \\\"b\\\"\\r\\n/\",\"time\":\"2013-02-20T00:24:54.005Z\"}\n\n");
}

TEST(RenderedEvent, V1SaysWhoWroteIt) {
  Event event = message("mason", "hi");
  event.author = "k3v9x2m4p7q1r8w5";
  EXPECT_TRUE(
      message_json(event).ends_with(R"("time":"2013-02-20T00:24:54.005Z","author":"k3v9x2m4p7q1r8w5"})"));
  EXPECT_EQ(render(event, Dialect::kLegacy).plain(),
            render(message("mason", "hi"), Dialect::kLegacy).plain());
}

TEST(RenderedEvent, V1HasTheTextAsHtmlWhereItDiffers) {
  EXPECT_TRUE(message_json(message("mason", "*hi*\n<b>"))
                  .ends_with(R"(","html":"<p><em>hi</em><br>&lt;b&gt;</p>"})"));
  EXPECT_FALSE(message_json(message("mason", "a & b")).contains("html"));
  EXPECT_FALSE(render(message("mason", "*hi*"), Dialect::kLegacy).plain().contains("<em>"));
}

TEST(RenderedEvent, AnActionIsAMessageWithAKind) {
  const auto json = message_json(message("mason", "/me *waves*"));
  EXPECT_TRUE(json.contains(R"("text":"/me *waves*",)")) << json;
  EXPECT_TRUE(json.ends_with(R"("kind":"action","html":"<p><em>waves</em></p>"})")) << json;
  EXPECT_TRUE(render(message("mason", "/me waves"), Dialect::kV1).plain().contains("event: message\n"));
  for (const char* text : {"/me", "/me ", "/me \n", "/meow", " /me x", "/Me x"}) {
    EXPECT_FALSE(message_json(message("mason", text)).contains("kind")) << text;
  }
}

TEST(RenderedEvent, ATopicIsNoMessage) {
  Event event = message("mason", "/me & tea");
  event.kind = EventKind::kTopic;
  EXPECT_TRUE(message_json(event).ends_with(R"("kind":"topic"})")) << message_json(event);
  EXPECT_TRUE(render(event, Dialect::kV1).plain().starts_with("id: 1361319894005-3\nevent: topic\n"));
  EXPECT_EQ(render(event, Dialect::kLegacy).plain(),
            "id: 1361319894005-3\n"
            "event: topic\n"
            "data: {\"sender\":\"mason\",\"topic\":\"&#x2F;me &amp; "
            "tea\",\"time\":\"2013-02-20T00:24:54.005Z\"}\n\n");
}

TEST(RenderedEvent, LeavesOutHtmlThatWouldMakeItTooLong) {
  Event event = message("mason", "**x** ");
  while (event.text.size() < 8000) event.text += "\"\"\"\"\"\"\"\"\"\"";
  const auto json = message_json(event);
  EXPECT_FALSE(json.contains("html"));
  EXPECT_TRUE(json.ends_with("\"}"));
  EXPECT_TRUE(render(event, Dialect::kV1).plain().size() < limits::kEventBytesMax);
}

TEST(RenderedEvent, HasAFrameForEachDialectAndTellsNobodyTheKey) {
  const Event event = message("s", "t");
  const RenderedEvent rendered = render(event);
  EXPECT_EQ(rendered.id, kId);
  EXPECT_EQ(rendered.room, "tea/five");
  for (const auto dialect : {Dialect::kLegacy, Dialect::kV1}) {
    EXPECT_EQ(rendered.frame(dialect).chunked(), render(event, dialect).chunked());
    EXPECT_EQ(rendered.frame(dialect).chunked().find("secret"), std::string_view::npos);
  }
}

// The longest text there may be, each byte of the most expensive kind.
TEST(RenderedEvent, StaysUnderTheLimitOfAnEvent) {
  for (const char worst : {'\x01', '\'', '"'}) {
    Event event =
        message(std::string(limits::kSenderBytesMax, worst), std::string(limits::kTextBytesCeiling, worst));
    event.room = std::string(limits::kRoomNameBytesMax, '"');
    for (const auto dialect : {Dialect::kLegacy, Dialect::kV1}) {
      EXPECT_LT(render(event, dialect).chunked().size(), limits::kEventBytesMax);
    }
  }
}

}  // namespace tinychat::room::rendered_event_test
