"""What 0004 added, told of rows that were there before it."""

from django.db import migrations

RETURNED = """
UPDATE cases_workorder o SET returned_at = (
    SELECT max(s.at) FROM cases_step s WHERE s.order_id = o.id AND s.verb = 'send_back')
WHERE o.state IN ('RETURNED', 'RETURN_REVIEW')
"""
# A limit in hours or minutes goes on at night; a granted extension is a day.
NATURAL = """
UPDATE cases_workorder o SET "natural" = true
FROM cases_case c
JOIN catalog_category k ON k.id = c.category_id
JOIN catalog_urgency usual ON usual.id = k.urgency_id
JOIN catalog_urgency u ON u.id = c.urgency_id
WHERE c.id = o.case_id AND o.ended_at IS NULL
  AND (CASE WHEN u.code < usual.code THEN u.resolve ELSE k.resolve END) ~ '^[0-9]+(h|min)$'
  AND NOT EXISTS (SELECT 1 FROM cases_extension e WHERE e.order_id = o.id AND e.granted)
"""
PROPOSED = """
UPDATE cases_proposal p SET accepted = false, decided_at = now()
FROM cases_case c
WHERE c.id = p.case_id AND p.accepted IS NULL AND c.state NOT IN ('SUBMITTED', 'DISSATISFIED')
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_what_units_may_still_read"), ("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (RETURNED, NATURAL, PROPOSED)
    ]
