// Work that may take long, beside the interface's thread: what it answers comes back to that thread, and is dropped when
// the one who asked is gone.
//
//   runAside(this, [folder] { return unsavedWork(folder); }, [this](auto found) { show(std::move(found)); });
#pragma once

#include <memory>
#include <utility>

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

namespace kinescore {

template <class Work, class Then>
void runAside(QObject* asker, Work work, Then then) {
  const QPointer<QObject> guard(asker);
  QThreadPool::globalInstance()->start([guard, work = std::move(work), then = std::move(then)]() mutable {
    auto answer = std::make_shared<decltype(work())>(work());
    QMetaObject::invokeMethod(QCoreApplication::instance(), [guard, answer, then = std::move(then)]() mutable {
      if (guard) {
        then(std::move(*answer));
      }
    }, Qt::QueuedConnection);
  });
}

}  // namespace kinescore
