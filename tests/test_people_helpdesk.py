"""The people of a Helpdesk: the same database, and an entry in the audit trail for every release."""

from __future__ import annotations

from pathlib import Path

from knowledge.helpdesk import Config, Helpdesk

NOTICE = "关于做好企业帮扶工作的通知\n\n一、缓缴电费。企业可以申请缓缴电费，欠费不停供。\n"


async def test_publishing_and_bringing_back_are_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "通知.txt").write_text(NOTICE, encoding="utf-8")
    config = Config(f"sqlite:///{tmp_path}/helpdesk.db", tmp_path / "data", folder)
    async with Helpdesk.open(config) as helpdesk:
        admin = await helpdesk.people.appoint(name="甲", role="admin", telegram_id=1, by="start")
        unchanged = await helpdesk.preview()
        await helpdesk.publish(unchanged, actor="nobody, since nothing changes")
        (folder / "通知.txt").write_text(NOTICE + "二、减免房租。\n", encoding="utf-8")
        await helpdesk.publish(await helpdesk.preview(), note="房租", actor=admin.actor)
        await helpdesk.put_in_force(1, admin.actor)
        assert [(one.actor, one.action, one.detail) for one in await helpdesk.people.audit()] == [
            ("#1 甲", "rollback", "release 1"),
            ("#1 甲", "publish", "release 2 房租"),
            ("start", "appoint", "#1 甲: admin"),
            ("", "publish", "release 1 first reading"),
        ]
        person = helpdesk.people.person("telegram", 1)
        answer = helpdesk.ask("电费交不上会不会停电")
        number = await helpdesk.people.asked(person, "telegram", "电费交不上会不会停电", answer)
        (kept,) = await helpdesk.people.history(person)
        assert (kept.asked_id, kept.decision, kept.release) == (number, answer.decision, 1)
        assert kept.clause_id == answer.citations[0].clause.clause_id
    async with Helpdesk.attach(config) as again:
        assert await again.people.members() == [admin]
