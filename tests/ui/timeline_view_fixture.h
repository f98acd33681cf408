// A timeline widget over a session on a fake engine, and a mouse for it.
#pragma once

#include <gtest/gtest.h>

#include <QLineEdit>

#include "tests/ui/ui_test_support.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {

class TimelineViewTest : public testing::Test {
 protected:
  TimelineViewTest() : view_(*fixture_.session) {
    view_.resize(1294, 374);
    view_.show();
    view_.fitAll();
    QCoreApplication::processEvents();
  }

  Session& session() { return *fixture_.session; }
  QPoint middleOf(ObjectId clip) const { return view_.rectOf(clip).center(); }
  TimeRange spanOf(ObjectId clip) { return session().timeline().findClip(clip)->span; }

  void press(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(&view_, Qt::LeftButton, modifiers, at);
  }
  void moveTo(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QMouseEvent event(QEvent::MouseMove, at, view_.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, modifiers);
    QApplication::sendEvent(&view_, &event);
  }
  void release(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mouseRelease(&view_, Qt::LeftButton, modifiers, at);
  }
  void drag(const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    press(from, modifiers);
    moveTo(from + (to - from) / 2, modifiers);
    moveTo(to, modifiers);
    release(to, modifiers);
  }
  QPoint pointAt(ObjectId track, double seconds) const {
    return {view_.xOf(ticksFromSeconds(seconds)), view_.rowRect(track).center().y()};
  }

  SessionFixture fixture_;
  TimelineView view_;
};

}  // namespace kinescore
