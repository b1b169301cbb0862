-- What an item's history tells of its place on the roadmap and of the releases that hold it
CREATE INDEX placement_item ON placement (workspace_id, object_id);
CREATE INDEX release_item_release ON release_item (workspace_id, release_id);
